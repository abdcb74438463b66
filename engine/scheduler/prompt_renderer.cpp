#include "scheduler/prompt_renderer.h"

#include <utility>

namespace rocmforge {

namespace {

Result<ChatTemplate> own_template(const gguf::Metadata& metadata)
{
    TRY(const std::string_view source, metadata.string("tokenizer.chat_template", ""));
    if (source.empty())
        return fail(ErrorKind::missing_metadata, "The model has no chat template.");
    return ChatTemplate::parse(source);
}

std::string text_of(const Tokenizer& tokenizer, int32_t token)
{
    return token < 0 ? std::string() : tokenizer.piece(token, true);
}

} // namespace

PromptRenderer::PromptRenderer(const Tokenizer& tokenizer, ChatTemplate chat_template,
                               std::string fallback_reason)
    : tokenizer_(&tokenizer)
    , template_(std::move(chat_template))
    , fallback_reason_(std::move(fallback_reason))
{
}

Result<PromptRenderer> PromptRenderer::create(const gguf::Metadata& metadata, const Tokenizer& tokenizer)
{
    Result<ChatTemplate> own = own_template(metadata);
    if (own)
        return PromptRenderer(tokenizer, *std::move(own), "");
    TRY(ChatTemplate chatml, ChatTemplate::parse(chatml_template()));
    return PromptRenderer(tokenizer, std::move(chatml), own.error().message);
}

Result<RenderedPrompt> PromptRenderer::render(std::span<const ChatMessage> messages,
                                              const RenderOptions& options) const
{
    const auto variables = template_variables(messages, text_of(*tokenizer_, tokenizer_->bos()),
                                              text_of(*tokenizer_, tokenizer_->eos()), options);
    RenderedPrompt prompt;
    TRY(prompt.text, template_.render(variables));
    prompt.tokens = tokenize(prompt.text);
    prompt.fallback = !fallback_reason_.empty();
    prompt.fallback_reason = fallback_reason_;
    return prompt;
}

/// Most templates write BOS themselves; for the others it is added, and EOS never.
std::vector<int32_t> PromptRenderer::tokenize(std::string_view text) const
{
    std::vector<int32_t> tokens = tokenizer_->encode(text, AddSpecial::no, SpecialText::parse);
    const int32_t bos = tokenizer_->bos();
    if (tokenizer_->adds_bos() && bos >= 0 && (tokens.empty() || tokens.front() != bos))
        tokens.insert(tokens.begin(), bos);
    return tokens;
}

} // namespace rocmforge
