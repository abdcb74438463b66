// SentencePiece's precompiled normalization: which character sequences are replaced by which. A
// double-array trie of the sequences, then the replacements as zero-terminated strings. Source:
// google/sentencepiece, builder.cc and normalizer.cc; the trie is Darts-clone's (Yata).
#pragma once

#include <rocmforge/error.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

class Charsmap {
public:
    Charsmap() = default; ///< replaces nothing
    /// Copies `blob`: the trie's size in bytes (u32), the trie, the replacements. invalid_tokenizer.
    [[nodiscard]] static Result<Charsmap> parse(std::span<const std::byte> blob);

    /// The longest known sequence at each place replaced; bytes that are no UTF-8 become U+FFFD.
    [[nodiscard]] std::string normalize(std::string_view text) const;

private:
    struct Match {
        size_t length = 0; ///< of the sequence; 0 = none
        std::string_view replacement;
    };
    [[nodiscard]] Match longest_prefix(std::string_view text) const;
    [[nodiscard]] std::string_view replacement(uint32_t offset) const;

    std::vector<uint32_t> units_;
    std::string replacements_;
};

} // namespace rocmforge
