#include "tokenizer/plamo2.h"

#include "tokenizer/utf8.h"

#include <cmath>

namespace rocmforge {
namespace {

constexpr int64_t unknown_score = -10'000'000; // of a character that becomes bytes
constexpr double worst_score = -2000; // tokens that bad are not chosen
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

} // namespace

Result<std::unique_ptr<Tokenizer>> Plamo2::create(const gguf::Metadata& metadata)
{
    TRY(auto vocabulary, Vocabulary::load(metadata, {.bos = 1, .eos = 2, .unknown = 0}, {}));
    return std::unique_ptr<Tokenizer>(new Plamo2(std::move(vocabulary)));
}

Plamo2::Plamo2(Vocabulary vocabulary)
    : VocabularyTokenizer(std::move(vocabulary))
{
    const Vocabulary& tokens = this->vocabulary();
    std::vector<Trie::Entry> entries;
    for (int32_t token = 0; token < tokens.size(); ++token) {
        const auto score = double(tokens.score(token));
        scores_.push_back(std::llround(score * 1e4));
        if (tokens.type(token) != TokenType::byte && score > worst_score)
            entries.emplace_back(tokens.text(token), token);
    }
    trie_ = Trie(std::move(entries));
}

/// `after` points at the step behind the text's first byte. Of equal scores the longest token's counts.
Plamo2::Step Plamo2::best_step(std::string_view text, const Step* after) const
{
    const size_t character = utf8::next(text, 0).length;
    Step best{after[character - 1].score + unknown_score, character, -1};
    trie_.for_each_prefix(text, [&](size_t length, int32_t token) {
        const int64_t score = after[length - 1].score + scores_[size_t(token)];
        if (score >= best.score)
            best = {score, length, token};
    });
    return best;
}

/// From the end to the beginning; one step per byte position, those inside a character unused.
std::vector<Plamo2::Step> Plamo2::best_steps(std::string_view text) const
{
    std::vector<size_t> starts; // of the characters
    for (size_t at = 0; at < text.size(); at += utf8::next(text, at).length)
        starts.push_back(at);
    std::vector<Step> steps(text.size() + 1);
    for (; !starts.empty(); starts.pop_back()) {
        const size_t at = starts.back();
        steps[at] = best_step(text.substr(at), &steps[at + 1]);
    }
    return steps;
}

void Plamo2::encode_text(std::string_view text, std::vector<int32_t>& tokens) const
{
    if (text.starts_with(byte_order_mark))
        text.remove_prefix(byte_order_mark.size());
    const std::vector<Step> steps = best_steps(text);
    for (size_t at = 0; at < text.size(); at += steps[at].length) {
        if (steps[at].token >= 0)
            tokens.push_back(steps[at].token);
        else
            append_bytes(text.substr(at, steps[at].length), tokens);
    }
}

std::string Plamo2::token_bytes(int32_t token) const
{
    return std::string(vocabulary().text(token));
}

} // namespace rocmforge
