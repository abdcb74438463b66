#include "tokenizer/spm.h"

#include "tokenizer/spaces.h"
#include "tokenizer/utf8.h"

#include <algorithm>
#include <numeric>

namespace rocmforge {

namespace {

constexpr size_t n_neighbour_bits = size_t{1} << 22;

size_t neighbour_bit(char32_t left, char32_t right)
{
    const uint64_t product = (uint64_t{left} << 32 | right) * 0x9E3779B97F4A7C15U;
    return size_t(product >> 32) % n_neighbour_bits;
}

} // namespace

Result<std::unique_ptr<Tokenizer>> SentencePieceBpe::create(const gguf::Metadata& metadata)
{
    TRY(auto vocabulary,
        Vocabulary::load(metadata, {.bos = 1, .eos = 2, .unknown = 0},
                         {.add_bos = true, .add_space_prefix = true}));
    return std::unique_ptr<Tokenizer>(new SentencePieceBpe(std::move(vocabulary)));
}

SentencePieceBpe::SentencePieceBpe(Vocabulary vocabulary)
    : VocabularyTokenizer(std::move(vocabulary))
{
    rank_tokens();
    note_neighbours();
}

void SentencePieceBpe::rank_tokens()
{
    std::vector<int32_t> by_score(size_t(vocabulary().size()));
    std::iota(by_score.begin(), by_score.end(), 0);
    const auto score = [this](int32_t token) { return vocabulary().score(token); };
    std::ranges::sort(by_score, std::ranges::greater(), score);
    ranks_.resize(by_score.size());
    for (size_t i = 0; i < by_score.size(); ++i) {
        const bool tie = i > 0 && score(by_score[i]) == score(by_score[i - 1]);
        ranks_[size_t(by_score[i])] = tie ? ranks_[size_t(by_score[i - 1])] : uint32_t(i);
    }
}

void SentencePieceBpe::note_neighbours()
{
    neighbours_.resize(n_neighbour_bits);
    for (int32_t token = 0; token < vocabulary().size(); ++token) {
        const std::string_view text = vocabulary().text(token);
        char32_t previous = 0;
        for (size_t at = 0; at < text.size();) {
            const utf8::Sequence sequence = utf8::next(text, at);
            if (at > 0)
                neighbours_[neighbour_bit(previous, sequence.code_point)] = true;
            previous = sequence.code_point;
            at += sequence.length;
        }
    }
}

bool SentencePieceBpe::may_join(char32_t left, char32_t right) const
{
    return neighbours_[neighbour_bit(left, right)];
}

void SentencePieceBpe::encode_text(std::string_view text, std::vector<int32_t>& tokens) const
{
    const std::string escaped = spaces::prepare(text, vocabulary().flags());
    PairMerger merger;
    char32_t previous = 0;
    size_t begin = 0;
    for (size_t at = 0; at < escaped.size();) {
        const utf8::Sequence sequence = utf8::next(escaped, at);
        if (at > begin && !may_join(previous, sequence.code_point)) {
            encode_stretch(std::string_view(escaped).substr(begin, at - begin), merger, tokens);
            begin = at;
        }
        previous = sequence.code_point;
        at += sequence.length;
    }
    encode_stretch(std::string_view(escaped).substr(begin), merger, tokens);
}

/// The token spelled so that text may turn into, or -1: control tokens are never typed.
int32_t SentencePieceBpe::find_mergeable(std::string_view text) const
{
    if (text.size() > vocabulary().longest_text())
        return -1;
    const int32_t token = vocabulary().find(text);
    const bool typed =
        token >= 0 && !vocabulary().is_special(token) && vocabulary().type(token) != TokenType::byte;
    return typed ? token : -1;
}

void SentencePieceBpe::encode_stretch(std::string_view text, PairMerger& merger,
                                      std::vector<int32_t>& tokens) const
{
    merger.clear();
    for (size_t at = 0; at < text.size();) {
        const size_t length = utf8::next(text, at).length;
        merger.add({find_mergeable(text.substr(at, length)), uint32_t(at), uint32_t(at + length)});
        at += length;
    }
    merger.merge([&](const PairMerger::Symbol& left, const PairMerger::Symbol& right) -> PairMerger::Merge {
        const int32_t token = find_mergeable(text.substr(left.begin, right.end - left.begin));
        return token < 0 ? PairMerger::Merge{} : PairMerger::Merge{ranks_[size_t(token)], token};
    });
    merger.for_each([&](const PairMerger::Symbol& symbol) {
        if (symbol.token >= 0)
            tokens.push_back(symbol.token);
        else
            append_bytes(text.substr(symbol.begin, symbol.end - symbol.begin), tokens);
    });
}

std::string SentencePieceBpe::token_bytes(int32_t token) const
{
    return spaces::unescape(vocabulary().text(token));
}

} // namespace rocmforge
