#include "tokenizer/byte_level_bpe.h"

#include "tokenizer/byte_alphabet.h"

#include <algorithm>

namespace rocmforge {

namespace {

constexpr std::string_view fallback_pretokenizer = "default";

/// Stands in for bytes without a token: vocabularies may leave out those that UTF-8 never uses.
constexpr std::string_view replacement_character = "\uFFFD";

std::string unknown_pretokenizer(std::string_view name)
{
    return (name.empty() ? "The file does not name its pre-tokenizer (tokenizer.ggml.pre)"
                         : "The pre-tokenizer \"" + std::string(name) + "\" is not known")
        + "; the default one is used, and answers may suffer.";
}

} // namespace

Result<std::unique_ptr<Tokenizer>> ByteLevelBpe::create(const gguf::Metadata& metadata)
{
    TRY(const std::string_view name, metadata.string("tokenizer.ggml.pre", ""));
    const PreTokenizerRule* rule = find_pretokenizer(name);
    const bool known = rule != nullptr;
    if (!known)
        rule = find_pretokenizer(fallback_pretokenizer);
    TRY(auto pretokenizer, PreTokenizer::create(rule->steps));
    TRY(auto vocabulary, Vocabulary::load(metadata, {}, {.add_bos = rule->add_bos}));
    if (!known)
        vocabulary.warn(unknown_pretokenizer(name));
    TRY(auto merges, MergeTable::load(metadata, vocabulary));
    return std::unique_ptr<Tokenizer>(
        new ByteLevelBpe(std::move(vocabulary), std::move(merges), std::move(pretokenizer), *rule));
}

ByteLevelBpe::ByteLevelBpe(Vocabulary vocabulary, MergeTable merges, PreTokenizer pretokenizer,
                           const PreTokenizerRule& rule)
    : VocabularyTokenizer(std::move(vocabulary))
    , merges_(std::move(merges))
    , pretokenizer_(std::move(pretokenizer))
    , name_(rule.name)
    , ignore_merges_(rule.ignore_merges)
{
    for (unsigned byte = 0; byte < byte_tokens_.size(); ++byte) {
        const int32_t token = this->vocabulary().find(byte_character(uint8_t(byte)));
        const bool is_byte = token >= 0 && this->vocabulary().type(token) != TokenType::user_defined;
        byte_tokens_[byte] = is_byte ? token : -1;
    }
}

void ByteLevelBpe::encode_text(std::string_view text, std::vector<int32_t>& tokens) const
{
    PairMerger merger;
    for (const std::string_view piece : pretokenizer_.split(text)) {
        const int32_t whole = ignore_merges_ ? whole_token(piece) : -1;
        if (whole >= 0)
            tokens.push_back(whole);
        else
            encode_piece(piece, merger, tokens);
    }
}

/// The token that is exactly this piece, or -1.
int32_t ByteLevelBpe::whole_token(std::string_view piece) const
{
    if (piece.size() > vocabulary().longest_text())
        return -1;
    std::string spelled;
    for (const char byte : piece)
        spelled += byte_character(uint8_t(byte));
    const int32_t token = vocabulary().find(spelled);
    return token >= 0 && !vocabulary().is_special(token) ? token : -1;
}

void ByteLevelBpe::encode_piece(std::string_view piece, PairMerger& merger,
                                std::vector<int32_t>& tokens) const
{
    merger.clear();
    for (size_t i = 0; i < piece.size(); ++i) {
        const bool known = byte_tokens_[uint8_t(piece[i])] >= 0;
        for (const char byte : known ? piece.substr(i, 1) : replacement_character)
            merger.add({byte_tokens_[uint8_t(byte)]});
    }
    merger.merge(
        [this](const auto& left, const auto& right) { return merges_.find(left.token, right.token); });
    merger.for_each([&](const PairMerger::Symbol& symbol) {
        const int32_t token = symbol.token >= 0 ? symbol.token : vocabulary().special().unknown;
        if (token >= 0)
            tokens.push_back(token);
    });
}

std::string ByteLevelBpe::token_bytes(int32_t token) const
{
    return decode_byte_characters(vocabulary().text(token));
}

} // namespace rocmforge
