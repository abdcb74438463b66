#include "tokenizer/end_tokens.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace rocmforge {

namespace {

constexpr std::array<std::string_view, 29> end_texts = {
    // End of turn or of message
    "<|eot_id|>",
    "<|eom_id|>",
    "<|im_end|>",
    "<|end|>",
    "<end_of_turn>",
    "<turn|>",
    "<EOT>",
    "_<EOT>",
    "[EOT]",
    "<|end_of_turn|>",
    "<end_of_utterance>",
    "<|return|>",
    "<|call|>",
    "<|calls|>",
    "<|flush|>",
    "<|tool_response>",
    // End of text
    "</s>",
    "<|endoftext|>",
    "<|end_of_text|>",
    "<eos>",
    "[EOS]",
    "<｜end▁of▁sentence｜>",
    // Code models: what follows would be another file
    "<|fim_pad|>",
    "<fim-pad>",
    "<fim_pad>",
    "<|fim_repo|>",
    "<|repo_name|>",
    "<|file_sep|>",
    "<reponame>",
};

bool has(const Vocabulary& vocabulary, std::initializer_list<std::string_view> texts)
{
    return std::ranges::all_of(texts, [&](std::string_view text) { return vocabulary.find(text) >= 0; });
}

/// Texts that look like an end but are something else in this vocabulary.
std::vector<std::string_view> exceptions(const Vocabulary& vocabulary)
{
    std::vector<std::string_view> texts;
    // Harmony-style formats close every channel's message with <|end|> and go on.
    if (has(vocabulary, {"<|return|>", "<|call|>"}) || has(vocabulary, {"<|calls|>", "<|flush|>"}))
        texts.push_back("<|end|>");
    // Where a tool's answer has its own end, </s> is HTML's strike-through.
    if (has(vocabulary, {"<|tool_response>"}))
        texts.push_back("</s>");
    return texts;
}

} // namespace

EndTokens find_end_tokens(const Vocabulary& vocabulary)
{
    EndTokens end;
    const auto excepted = exceptions(vocabulary);
    for (const std::string_view text : end_texts)
        if (const int32_t token = vocabulary.find(text); token >= 0 && !std::ranges::count(excepted, text))
            end.known_by_text.push_back(token);
    end.tokens = end.known_by_text;
    for (const int32_t token : {vocabulary.special().eos, vocabulary.special().eot, vocabulary.special().eom})
        if (token >= 0)
            end.tokens.push_back(token);
    std::ranges::sort(end.tokens);
    const auto repeated = std::ranges::unique(end.tokens);
    end.tokens.erase(repeated.begin(), repeated.end());
    return end;
}

} // namespace rocmforge
