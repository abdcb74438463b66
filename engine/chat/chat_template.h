// A model's chat template: Jinja source, parsed once, rendered for each prompt.
#pragma once

#include <rocmforge/chat.h>
#include <rocmforge/error.h>

#include <nlohmann/json.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace rocmforge {

/// Immutable after creation; render() may be called from any thread. Sandboxed: steps, depth and
/// output are bounded, a template sees only the variables it is given.
class ChatTemplate {
public:
    /// invalid_template with line and what is wrong there.
    [[nodiscard]] static Result<ChatTemplate> parse(std::string_view source);
    ChatTemplate(ChatTemplate&&) noexcept;
    ChatTemplate& operator=(ChatTemplate&&) noexcept;
    ~ChatTemplate();

    /// With exactly these variables (JSON null is None, an absent key is undefined).
    [[nodiscard]] Result<std::string> render(const nlohmann::ordered_json& variables) const;

private:
    struct Impl;
    explicit ChatTemplate(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// What every template gets: messages, bos_token, eos_token, add_generation_prompt and `extra`.
[[nodiscard]] nlohmann::ordered_json template_variables(std::span<const ChatMessage> messages,
                                                        std::string_view bos, std::string_view eos,
                                                        const RenderOptions& options);

/// The template used where a model has none.
[[nodiscard]] std::string_view chatml_template();

} // namespace rocmforge
