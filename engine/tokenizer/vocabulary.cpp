#include "tokenizer/vocabulary.h"

#include "tokenizer/end_tokens.h"
#include "tokenizer/utf8.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <functional>
#include <limits>

namespace rocmforge {

namespace {

constexpr auto reconvert = "Download the file again or convert the model anew.";

std::unexpected<Error> too_short(std::string_view what, size_t have, size_t want)
{
    return fail(ErrorKind::invalid_tokenizer,
                "The vocabulary has " + std::to_string(want) + " tokens, but only " + std::to_string(have)
                    + " " + std::string(what) + '.',
                reconvert);
}

bool in(const std::vector<int32_t>& sorted, int32_t token)
{
    return std::ranges::binary_search(sorted, token);
}

/// The value of an upper- or lower-case hexadecimal digit, or -1.
int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const int letter = c | 0x20;
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

std::string lower_case(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return lower;
}

} // namespace

Result<Vocabulary> Vocabulary::load(const gguf::Metadata& metadata, const SpecialTokens& special,
                                    const TextFlags& flags)
{
    Vocabulary vocabulary;
    vocabulary.special_ = special;
    vocabulary.flags_ = flags;
    TRY_STATUS(vocabulary.load_texts(metadata));
    TRY_STATUS(vocabulary.load_types(metadata));
    TRY_STATUS(vocabulary.load_scores(metadata));
    vocabulary.build_index();
    TRY_STATUS(vocabulary.load_special_tokens(metadata));
    TRY_STATUS(vocabulary.load_flags(metadata));
    vocabulary.apply_end_tokens();
    vocabulary.apply_stripping(metadata);
    return vocabulary;
}

std::string_view Vocabulary::text(int32_t token) const
{
    const auto i = size_t(token);
    return std::string_view(texts_).substr(offsets_[i], offsets_[i + 1] - offsets_[i]);
}

bool Vocabulary::is_special(int32_t token) const
{
    return type(token) == TokenType::control || type(token) == TokenType::unknown;
}

/// Where `text` is in the index, or where it would be.
size_t Vocabulary::index_slot(std::string_view text) const
{
    const size_t mask = index_.size() - 1;
    const size_t hash = std::hash<std::string_view>{}(text);
    size_t slot = hash & mask;
    while (index_[slot] >= 0 && this->text(index_[slot]) != text)
        slot = (slot + 1) & mask;
    return slot;
}

int32_t Vocabulary::find(std::string_view text) const
{
    return index_[index_slot(text)];
}

int32_t Vocabulary::find_byte(uint8_t byte) const
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    const std::string spelled = {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
    const int32_t token = find(spelled);
    return token >= 0 ? token : find({reinterpret_cast<const char*>(&byte), 1});
}

int Vocabulary::byte_value(int32_t token) const
{
    const std::string_view spelled = text(token);
    if (spelled.size() != 6 || !spelled.starts_with("<0x") || !spelled.ends_with('>'))
        return -1;
    const int high = hex_digit(spelled[3]), low = hex_digit(spelled[4]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool Vocabulary::is_end(int32_t token) const
{
    return in(end_tokens_, token);
}

bool Vocabulary::strips_left(int32_t token) const
{
    return in(left_stripping_, token);
}

bool Vocabulary::strips_right(int32_t token) const
{
    return in(right_stripping_, token);
}

Status Vocabulary::load_texts(const gguf::Metadata& metadata)
{
    TRY(const auto texts, metadata.strings("tokenizer.ggml.tokens"));
    if (texts.empty())
        return fail(ErrorKind::invalid_tokenizer, "The vocabulary (tokenizer.ggml.tokens) is empty.",
                    reconvert);
    if (texts.size() > size_t(std::numeric_limits<int32_t>::max() / 4))
        return fail(ErrorKind::invalid_tokenizer,
                    "The vocabulary has an implausible number of tokens: " + std::to_string(texts.size())
                        + '.',
                    reconvert);
    offsets_.reserve(texts.size() + 1);
    offsets_.push_back(0);
    size_t n_invalid = 0, first_invalid = 0;
    for (const std::string_view text : texts) {
        if (!utf8::is_valid(text) && n_invalid++ == 0)
            first_invalid = offsets_.size() - 1;
        texts_ += text;
        offsets_.push_back(texts_.size());
        longest_text_ = std::max(longest_text_, text.size());
    }
    if (n_invalid > 0)
        warn("The text of token " + std::to_string(first_invalid) + " is not valid UTF-8 ("
             + std::to_string(n_invalid) + " such tokens); it is used as raw bytes.");
    return {};
}

Status Vocabulary::load_types(const gguf::Metadata& metadata)
{
    constexpr auto key = "tokenizer.ggml.token_type";
    types_.assign(offsets_.size() - 1, TokenType::normal);
    if (!metadata.contains(key))
        return {};
    TRY(const auto types, metadata.integers(key));
    if (types.size() < types_.size())
        return too_short("token types (tokenizer.ggml.token_type)", types.size(), types_.size());
    size_t n_unknown = 0, first_unknown = 0;
    for (size_t token = 0; token < types_.size(); ++token) {
        if (types[token] >= 0 && types[token] <= int64_t(TokenType::byte))
            types_[token] = TokenType(types[token]);
        else if (n_unknown++ == 0)
            first_unknown = token;
    }
    if (n_unknown > 0)
        warn("Token " + std::to_string(first_unknown) + " has the unknown type "
             + std::to_string(types[first_unknown]) + " (" + std::to_string(n_unknown)
             + " such tokens); it is treated as a normal one.");
    return {};
}

Status Vocabulary::load_scores(const gguf::Metadata& metadata)
{
    constexpr auto key = "tokenizer.ggml.scores";
    if (!metadata.contains(key))
        return {};
    TRY(scores_, metadata.numbers(key));
    if (scores_.size() < types_.size())
        return too_short("scores (tokenizer.ggml.scores)", scores_.size(), types_.size());
    return {};
}

void Vocabulary::build_index()
{
    index_.assign(std::bit_ceil(types_.size() * 2), -1);
    for (int32_t token = 0; token < size(); ++token)
        if (int32_t& entry = index_[index_slot(text(token))]; entry < 0)
            entry = token;
}

Status Vocabulary::load_special_tokens(const gguf::Metadata& metadata)
{
    struct Role {
        std::string_view key;
        int32_t SpecialTokens::* token;
    };
    // "seperator" is how the format spells it; BERT's files call their first token [CLS].
    constexpr Role roles[] = {
        {"tokenizer.ggml.cls_token_id", &SpecialTokens::bos},
        {"tokenizer.ggml.bos_token_id", &SpecialTokens::bos},
        {"tokenizer.ggml.eos_token_id", &SpecialTokens::eos},
        {"tokenizer.ggml.eot_token_id", &SpecialTokens::eot},
        {"tokenizer.ggml.eom_token_id", &SpecialTokens::eom},
        {"tokenizer.ggml.unknown_token_id", &SpecialTokens::unknown},
        {"tokenizer.ggml.separator_token_id", &SpecialTokens::separator},
        {"tokenizer.ggml.seperator_token_id", &SpecialTokens::separator},
    };
    for (const Role& role : roles) {
        int32_t& token = special_.*role.token;
        if (!contains(token))
            token = -1;
        TRY(const int64_t id, metadata.integer(role.key, token));
        if (id >= -1 && id < size())
            token = int32_t(id);
        else
            warn("The key " + std::string(role.key) + " names token " + std::to_string(id)
                 + ", which the vocabulary does not have; it is ignored.");
    }
    return {};
}

Status Vocabulary::load_flags(const gguf::Metadata& metadata)
{
    TRY(flags_.add_bos, metadata.boolean("tokenizer.ggml.add_bos_token", flags_.add_bos));
    TRY(flags_.add_eos, metadata.boolean("tokenizer.ggml.add_eos_token", flags_.add_eos));
    TRY(flags_.add_separator, metadata.boolean("tokenizer.ggml.add_sep_token", flags_.add_separator));
    TRY(flags_.add_space_prefix,
        metadata.boolean("tokenizer.ggml.add_space_prefix", flags_.add_space_prefix));
    TRY(flags_.remove_extra_whitespaces,
        metadata.boolean("tokenizer.ggml.remove_extra_whitespaces", flags_.remove_extra_whitespaces));
    if (flags_.add_bos && special_.bos < 0)
        warn("The model wants a beginning-of-sequence token, but its vocabulary names none.");
    return {};
}

void Vocabulary::apply_end_tokens()
{
    EndTokens end = find_end_tokens(*this);
    for (const int32_t token : end.known_by_text)
        types_[size_t(token)] = TokenType::control;
    end_tokens_ = std::move(end.tokens);
}

/// Hugging Face tokenizers have per-token `lstrip` and `rstrip`, which GGUF does not carry: they
/// are known by the model's name.
void Vocabulary::apply_stripping(const gguf::Metadata& metadata)
{
    const auto string = [&](std::string_view key) {
        return lower_case(metadata.string(key, "").value_or(""));
    };
    const std::string name = string("general.name");
    if (name.contains("phi-3") || name.contains("phi3")) {
        for (int32_t token = 0; token < size(); ++token) {
            const std::string_view spelled = text(token);
            const bool exception = spelled == "<unk>" || spelled == "<s>" || spelled == "<|endoftext|>";
            if ((is_special(token) || type(token) == TokenType::user_defined) && !exception)
                right_stripping_.push_back(token);
        }
    }
    const std::string pre = string("tokenizer.ggml.pre");
    if (pre.starts_with("jina-v2") || pre == "modern-bert")
        for (const std::string_view mask : {"<mask>", "[MASK]"})
            if (const int32_t token = find(mask); token >= 0)
                left_stripping_.push_back(token);
    std::ranges::sort(left_stripping_);
}

} // namespace rocmforge
