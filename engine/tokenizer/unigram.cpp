#include "tokenizer/unigram.h"

#include "tokenizer/spaces.h"
#include "tokenizer/utf8.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <ranges>

namespace rocmforge {

namespace {

/// By how much an uncovered character is worse than the worst token; SentencePiece's constant.
constexpr double uncovered_penalty = 10.0;

/// User-defined tokens were cut out of the text before.
bool may_be_typed(TokenType type)
{
    return type == TokenType::normal || type == TokenType::unused;
}

Result<Charsmap> load_charsmap(const gguf::Metadata& metadata)
{
    constexpr std::string_view key = "tokenizer.ggml.precompiled_charsmap";
    const gguf::Value* const value = metadata.find(key);
    if (!value)
        return Charsmap();
    const auto* const array = std::get_if<gguf::Array>(value);
    if (!array || (array->type != gguf::ValueType::uint8 && array->type != gguf::ValueType::int8))
        return fail(ErrorKind::wrong_metadata_type,
                    "The key " + std::string(key) + " is not an array of bytes.");
    return Charsmap::parse(array->bytes);
}

} // namespace

Result<std::unique_ptr<Tokenizer>> Unigram::create(const gguf::Metadata& metadata)
{
    TRY(auto charsmap, load_charsmap(metadata));
    TRY(auto vocabulary, Vocabulary::load(metadata, {.eos = 1, .unknown = 2}, {.add_eos = true}));
    return std::unique_ptr<Tokenizer>(new Unigram(std::move(vocabulary), std::move(charsmap)));
}

Unigram::Unigram(Vocabulary vocabulary, Charsmap charsmap)
    : VocabularyTokenizer(std::move(vocabulary))
    , charsmap_(std::move(charsmap))
{
    const Vocabulary& tokens = this->vocabulary();
    double worst = 0;
    std::vector<Trie::Entry> entries;
    for (int32_t token = 0; token < tokens.size(); ++token) {
        if (tokens.type(token) == TokenType::normal)
            worst = std::min(worst, double(tokens.score(token)));
        if (may_be_typed(tokens.type(token)))
            entries.emplace_back(tokens.text(token), token);
    }
    trie_ = Trie(std::move(entries));
    uncovered_score_ = worst - uncovered_penalty;
}

/// Viterbi, left to right; one step per byte position, those inside a character unreachable.
std::vector<Unigram::Step> Unigram::best_steps(std::string_view text) const
{
    std::vector<Step> steps(text.size() + 1, Step{-std::numeric_limits<double>::infinity()});
    steps[0].score = 0;
    for (size_t at = 0; at < text.size();) {
        const size_t character = utf8::next(text, at).length;
        const auto reach = [&](size_t end, double score, int32_t token) {
            if (steps[at].score + score > steps[end].score)
                steps[end] = {steps[at].score + score, uint32_t(at), token};
        };
        bool covered = false;
        trie_.for_each_prefix(text.substr(at), [&](size_t length, int32_t token) {
            covered |= length == character;
            reach(at + length, vocabulary().score(token), token);
        });
        if (!covered)
            reach(at + character, uncovered_score_, -1);
        at += character;
    }
    return steps;
}

void Unigram::encode_text(std::string_view text, std::vector<int32_t>& tokens) const
{
    const std::string prepared = spaces::prepare(charsmap_.normalize(text), vocabulary().flags());
    const std::vector<Step> steps = best_steps(prepared);
    std::vector<size_t> ends; // of the tokens, the last one first
    for (size_t end = prepared.size(); end > 0; end = steps[end].begin)
        ends.push_back(end);

    const std::string_view all = prepared;
    size_t done = 0;
    for (const size_t end : ends | std::views::reverse) {
        if (steps[end].token < 0)
            continue;
        append_uncovered(all.substr(done, steps[end].begin - done), tokens);
        tokens.push_back(steps[end].token);
        done = end;
    }
    append_uncovered(all.substr(done), tokens);
}

/// Byte tokens where the vocabulary has them, else one unknown token for the whole stretch.
void Unigram::append_uncovered(std::string_view text, std::vector<int32_t>& tokens) const
{
    const auto byte_token = [this](char byte) {
        const int32_t token = vocabulary().find_byte(uint8_t(byte));
        return token >= 0 && vocabulary().type(token) == TokenType::byte ? token : -1;
    };
    if (text.empty())
        return;
    if (std::ranges::all_of(text, [&](char byte) { return byte_token(byte) >= 0; }))
        std::ranges::transform(text, std::back_inserter(tokens), byte_token);
    else if (vocabulary().special().unknown >= 0)
        tokens.push_back(vocabulary().special().unknown);
}

std::string Unigram::token_bytes(int32_t token) const
{
    return spaces::unescape(vocabulary().text(token));
}

} // namespace rocmforge
