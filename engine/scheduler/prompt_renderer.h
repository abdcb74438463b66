// Conversations to prompts: the model's chat template and tokenizer together.
#pragma once

#include "chat/chat_template.h"
#include "gguf/gguf.h"
#include "tokenizer/tokenizer.h"

#include <rocmforge/chat.h>
#include <rocmforge/error.h>

#include <span>
#include <string>

namespace rocmforge {

/// Immutable; render() may be called from any thread.
class PromptRenderer {
public:
    /// With the template of the metadata, or with ChatML where it has none that can be read. The
    /// tokenizer must outlive the renderer.
    [[nodiscard]] static Result<PromptRenderer> create(const gguf::Metadata& metadata,
                                                       const Tokenizer& tokenizer);

    /// The prompt for the next answer. What the template itself complains of is an error.
    [[nodiscard]] Result<RenderedPrompt> render(std::span<const ChatMessage> messages,
                                                const RenderOptions& options) const;

private:
    PromptRenderer(const Tokenizer& tokenizer, ChatTemplate chat_template, std::string fallback_reason);
    [[nodiscard]] std::vector<int32_t> tokenize(std::string_view text) const;

    const Tokenizer* tokenizer_;
    ChatTemplate template_;
    std::string fallback_reason_; ///< empty = the model's own template
};

} // namespace rocmforge
