#include "tokenizer/charsmap.h"

#include "tokenizer/utf8.h"

#include <cstring>

namespace rocmforge {

namespace {

/// One cell of the double array: a label, a jump to the children, and whether a key ends here.
struct Unit {
    uint32_t bits;

    [[nodiscard]] bool has_leaf() const { return (bits >> 8 & 1) != 0; }
    [[nodiscard]] uint32_t value() const { return bits & 0x7FFFFFFF; }
    [[nodiscard]] uint32_t label() const { return bits & 0x800000FF; } ///< leaves match no byte
    [[nodiscard]] uint32_t offset() const { return (bits >> 10) << ((bits & 1U << 9) >> 6); }
};

} // namespace

Result<Charsmap> Charsmap::parse(std::span<const std::byte> blob)
{
    uint32_t trie_bytes = 0;
    if (blob.size() >= sizeof(trie_bytes))
        std::memcpy(&trie_bytes, blob.data(), sizeof(trie_bytes));
    if (blob.size() < sizeof(trie_bytes) || trie_bytes > blob.size() - sizeof(trie_bytes)
        || trie_bytes % 4 != 0)
        return fail(ErrorKind::invalid_tokenizer,
                    "The normalization table (tokenizer.ggml.precompiled_charsmap) is cut off or damaged.",
                    "Download the file again or convert the model anew.");
    Charsmap charsmap;
    charsmap.units_.resize(trie_bytes / 4);
    const std::span<const std::byte> trie = blob.subspan(sizeof(trie_bytes), trie_bytes);
    if (!trie.empty())
        std::memcpy(charsmap.units_.data(), trie.data(), trie.size());
    const std::span<const std::byte> texts = blob.subspan(sizeof(trie_bytes) + trie_bytes);
    charsmap.replacements_.assign(reinterpret_cast<const char*>(texts.data()), texts.size());
    return charsmap;
}

std::string_view Charsmap::replacement(uint32_t offset) const
{
    if (offset >= replacements_.size())
        return {};
    return std::string_view(replacements_).substr(offset, replacements_.find('\0', offset) - offset);
}

Charsmap::Match Charsmap::longest_prefix(std::string_view text) const
{
    Match longest;
    if (units_.empty())
        return longest;
    uint32_t node = Unit{units_[0]}.offset();
    for (size_t i = 0; i < text.size(); ++i) {
        const auto byte = uint8_t(text[i]);
        node ^= byte;
        if (byte == 0 || node >= units_.size() || Unit{units_[node]}.label() != byte)
            break;
        const bool has_leaf = Unit{units_[node]}.has_leaf();
        node ^= Unit{units_[node]}.offset();
        if (node >= units_.size())
            break;
        if (has_leaf)
            longest = {i + 1, replacement(Unit{units_[node]}.value())};
    }
    return longest;
}

std::string Charsmap::normalize(std::string_view text) const
{
    std::string result;
    result.reserve(text.size());
    for (size_t at = 0; at < text.size();) {
        if (const Match match = longest_prefix(text.substr(at)); match.length > 0) {
            result += match.replacement;
            at += match.length;
            continue;
        }
        const utf8::Sequence sequence = utf8::next(text, at);
        utf8::append(result, sequence.code_point);
        at += sequence.length;
    }
    return result;
}

} // namespace rocmforge
