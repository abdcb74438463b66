// Cuts text at the special tokens written in it ("<|im_end|>"), before anything else sees it.
#pragma once

#include "tokenizer/tokenizer.h"
#include "tokenizer/trie.h"

#include <array>
#include <vector>

namespace rocmforge {

class Vocabulary;

class SpecialTokenSplitter {
public:
    /// A stretch of the text: a special token, or text between two (token = -1).
    struct Fragment {
        std::string_view text;
        int32_t token = -1;
    };

    SpecialTokenSplitter() = default;
    explicit SpecialTokenSplitter(const Vocabulary& vocabulary);

    /// The leftmost, then longest special token wins. User-defined tokens are always recognized,
    /// control and unknown tokens only with SpecialText::parse. Text fragments are not empty; what
    /// is missing between fragments is white space a token swallows.
    [[nodiscard]] std::vector<Fragment> split(std::string_view text, SpecialText special_text) const;

private:
    struct Set {
        Trie trie;
        std::array<bool, 256> begins{}; ///< bytes that a key starts with: almost all text skips the trie
    };

    Set always_; ///< user-defined
    Set parsed_; ///< user-defined, control and unknown
    std::vector<bool> strips_left_; ///< by token: swallows the white space before it
    std::vector<bool> strips_right_;
};

} // namespace rocmforge
