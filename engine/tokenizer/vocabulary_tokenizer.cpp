#include "tokenizer/vocabulary_tokenizer.h"

#include "tokenizer/utf8.h"

#include <algorithm>

namespace rocmforge {

namespace {

/// Positions are 32 bits wide further down; nobody means such a text.
constexpr size_t longest_stretch = size_t{1} << 30;

} // namespace

VocabularyTokenizer::VocabularyTokenizer(Vocabulary vocabulary)
    : vocabulary_(std::move(vocabulary))
    , splitter_(vocabulary_)
{
}

std::vector<int32_t> VocabularyTokenizer::encode(std::string_view text, AddSpecial add_special,
                                                 SpecialText special_text) const
{
    const TextFlags& flags = vocabulary_.flags();
    const SpecialTokens& special = vocabulary_.special();
    std::vector<int32_t> tokens;
    const auto add = [&](bool wanted, int32_t token) {
        if (add_special == AddSpecial::yes && wanted && token >= 0)
            tokens.push_back(token);
    };
    add(flags.add_bos, special.bos);
    for (const auto& fragment : splitter_.split(text, special_text)) {
        if (fragment.token >= 0)
            tokens.push_back(fragment.token);
        else
            for (size_t begin = 0; begin < fragment.text.size(); begin += longest_stretch)
                encode_text(fragment.text.substr(begin, longest_stretch), tokens);
    }
    add(flags.add_separator, special.separator);
    add(flags.add_eos, special.eos);
    return tokens;
}

std::string VocabularyTokenizer::piece(int32_t token, bool show_special) const
{
    if (!vocabulary_.contains(token))
        return {};
    switch (vocabulary_.type(token)) {
    case TokenType::control:
    case TokenType::unknown:
        return show_special ? std::string(vocabulary_.text(token)) : std::string();
    case TokenType::user_defined:
        return std::string(vocabulary_.text(token));
    case TokenType::byte:
        if (const int byte = vocabulary_.byte_value(token); byte >= 0)
            return std::string(1, char(uint8_t(byte)));
        [[fallthrough]];
    default:
        return token_bytes(token);
    }
}

std::string VocabularyTokenizer::decode(std::span<const int32_t> tokens, bool show_special) const
{
    std::string text;
    for (const int32_t token : tokens)
        text += piece(token, show_special);
    const bool has_prefix = vocabulary_.flags().add_space_prefix && !tokens.empty()
        && piece(tokens.front(), show_special).starts_with(' ');
    return has_prefix ? text.substr(1) : text;
}

void VocabularyTokenizer::append_bytes(std::string_view character, std::vector<int32_t>& tokens) const
{
    for (const char byte : character) {
        const int32_t token = vocabulary_.find_byte(uint8_t(byte));
        if (token >= 0)
            tokens.push_back(token);
        else if (vocabulary_.special().unknown >= 0)
            tokens.push_back(vocabulary_.special().unknown);
    }
}

bool VocabularyTokenizer::is_control(int32_t token) const
{
    return vocabulary_.contains(token) && vocabulary_.type(token) == TokenType::control;
}

} // namespace rocmforge
