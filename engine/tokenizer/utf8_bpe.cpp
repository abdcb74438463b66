#include "tokenizer/utf8_bpe.h"

#include "tokenizer/spaces.h"
#include "tokenizer/utf8.h"

#include <algorithm>

namespace rocmforge {

Result<std::unique_ptr<Tokenizer>> Utf8Bpe::create(const gguf::Metadata& metadata)
{
    TRY(auto vocabulary, Vocabulary::load(metadata, {}, {.add_bos = true}));
    TRY(auto merges, MergeTable::load(metadata, vocabulary));
    return std::unique_ptr<Tokenizer>(new Utf8Bpe(std::move(vocabulary), std::move(merges)));
}

Utf8Bpe::Utf8Bpe(Vocabulary vocabulary, MergeTable merges)
    : VocabularyTokenizer(std::move(vocabulary))
    , merges_(std::move(merges))
{
}

/// Runs of newlines are tokens of their own where the vocabulary has them, and never merge with
/// what stands beside them.
void Utf8Bpe::encode_text(std::string_view text, std::vector<int32_t>& tokens) const
{
    const std::string escaped = spaces::prepare(text, vocabulary().flags());
    const std::string_view all = escaped;
    PairMerger merger;
    for (size_t begin = 0; begin < all.size();) {
        const bool newlines = all[begin] == '\n';
        const size_t stop = newlines ? all.find_first_not_of('\n', begin) : all.find('\n', begin);
        const std::string_view line = all.substr(begin, stop - begin);
        const int32_t whole = newlines ? vocabulary().find(line) : -1;
        if (whole >= 0)
            tokens.push_back(whole);
        else
            encode_line(line, merger, tokens);
        begin += line.size();
    }
}

void Utf8Bpe::encode_line(std::string_view line, PairMerger& merger, std::vector<int32_t>& tokens) const
{
    merger.clear();
    for (size_t at = 0; at < line.size();) {
        const size_t length = utf8::next(line, at).length;
        merger.add({vocabulary().find(line.substr(at, length)), uint32_t(at), uint32_t(at + length)});
        at += length;
    }
    merger.merge(
        [this](const auto& left, const auto& right) { return merges_.find(left.token, right.token); });
    merger.for_each([&](const PairMerger::Symbol& symbol) {
        if (symbol.token >= 0)
            tokens.push_back(symbol.token);
        else
            append_bytes(line.substr(symbol.begin, symbol.end - symbol.begin), tokens);
    });
}

std::string Utf8Bpe::token_bytes(int32_t token) const
{
    return spaces::unescape(vocabulary().text(token));
}

} // namespace rocmforge
