// A model's chat template: Jinja source, parsed once, rendered for each prompt.
#pragma once

#include "chat/jinja/budget.h"

#include <rocmforge/chat.h>
#include <rocmforge/error.h>

#include <nlohmann/json.hpp>

#include <ctime>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rocmforge {

/// What a rendering goes by beside its variables.
struct RenderEnvironment {
    std::optional<std::tm> now; ///< for strftime_now(); the local time where it is empty
    jinja::Limits limits;
};

/// Immutable after creation; render() may be called from any thread. Sandboxed: steps, depth and
/// output are bounded, a template sees only the variables it is given.
class ChatTemplate {
public:
    /// invalid_template with line and what is wrong there.
    [[nodiscard]] static Result<ChatTemplate> parse(std::string_view source);
    ChatTemplate(ChatTemplate&&) noexcept;
    ChatTemplate& operator=(ChatTemplate&&) noexcept;
    ~ChatTemplate();

    /// With exactly these variables (JSON null is None, an absent key is undefined). invalid_template
    /// when the template fails, with what raise_exception() said word for word, or the line and the
    /// error as Python names it.
    [[nodiscard]] Result<std::string> render(const nlohmann::ordered_json& variables,
                                             const RenderEnvironment& environment = {}) const;

private:
    struct Impl;
    explicit ChatTemplate(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// What every template gets: messages, bos_token, eos_token, add_generation_prompt and the variables of
/// the options; one of those that is not JSON is taken as text.
[[nodiscard]] nlohmann::ordered_json template_variables(std::span<const ChatMessage> messages,
                                                        std::string_view bos, std::string_view eos,
                                                        const RenderOptions& options);

/// The template used where a model has none.
[[nodiscard]] std::string_view chatml_template();

} // namespace rocmforge
