// The token list of a model file with all the `tokenizer.ggml.*` keys say about it. What the texts
// mean (bytes in disguise, "▁" for a space) is the business of each tokenizer.
#pragma once

#include "gguf/gguf.h"

#include <rocmforge/error.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

enum class TokenType : uint8_t { undefined, normal, unknown, control, user_defined, unused, byte };

/// Tokens with a role; -1 = the vocabulary has none.
struct SpecialTokens {
    int32_t bos = -1;
    int32_t eos = -1;
    int32_t eot = -1; ///< end of turn
    int32_t eom = -1; ///< end of message, a tool's answer is expected
    int32_t unknown = -1;
    int32_t separator = -1;
};

/// How text is framed and prepared.
struct TextFlags {
    bool add_bos = false;
    bool add_eos = false;
    bool add_separator = false;
    bool add_space_prefix = false;
    bool remove_extra_whitespaces = false;
};

class Vocabulary {
public:
    /// Copies everything. `special` and `flags` hold what the tokenizer's kind implies where the
    /// file is silent. missing_metadata, wrong_metadata_type, invalid_tokenizer.
    [[nodiscard]] static Result<Vocabulary> load(const gguf::Metadata& metadata, const SpecialTokens& special,
                                                 const TextFlags& flags);

    [[nodiscard]] int32_t size() const { return int32_t(types_.size()); }
    [[nodiscard]] bool contains(int32_t token) const { return token >= 0 && token < size(); }
    [[nodiscard]] std::string_view text(int32_t token) const; ///< as the file spells it
    [[nodiscard]] TokenType type(int32_t token) const { return types_[size_t(token)]; }
    [[nodiscard]] float score(int32_t token) const { return scores_.empty() ? 0.0F : scores_[size_t(token)]; }
    [[nodiscard]] bool has_scores() const { return !scores_.empty(); }
    /// Control and unknown tokens: never made from text, shown on request only.
    [[nodiscard]] bool is_special(int32_t token) const;
    [[nodiscard]] size_t longest_text() const { return longest_text_; } ///< bytes

    /// The token spelled `text`, or -1; the first one where a broken file repeats a text.
    [[nodiscard]] int32_t find(std::string_view text) const;
    /// The token for a byte that no other token covers ("<0x0A>"), or -1.
    [[nodiscard]] int32_t find_byte(uint8_t byte) const;
    /// The value of a byte token, or -1.
    [[nodiscard]] int byte_value(int32_t token) const;

    [[nodiscard]] const SpecialTokens& special() const { return special_; }
    [[nodiscard]] const TextFlags& flags() const { return flags_; }
    [[nodiscard]] bool is_end(int32_t token) const;
    [[nodiscard]] bool strips_left(int32_t token) const; ///< swallows white space before it
    [[nodiscard]] bool strips_right(int32_t token) const;

    /// What is odd about the file but does not keep it from working.
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
    void warn(std::string warning) { warnings_.push_back(std::move(warning)); }

private:
    Status load_texts(const gguf::Metadata& metadata);
    Status load_types(const gguf::Metadata& metadata);
    Status load_scores(const gguf::Metadata& metadata);
    Status load_special_tokens(const gguf::Metadata& metadata);
    Status load_flags(const gguf::Metadata& metadata);
    void build_index();
    [[nodiscard]] size_t index_slot(std::string_view text) const;
    void apply_end_tokens();
    void apply_stripping(const gguf::Metadata& metadata);

    std::string texts_; ///< all token texts, one after the other
    std::vector<size_t> offsets_; ///< size() + 1
    size_t longest_text_ = 0;
    std::vector<TokenType> types_;
    std::vector<float> scores_; ///< empty, or one per token
    std::vector<int32_t> index_; ///< open-addressing hash table of tokens by text; -1 = free
    SpecialTokens special_;
    TextFlags flags_;
    std::vector<int32_t> end_tokens_; ///< sorted
    std::vector<int32_t> left_stripping_; ///< sorted
    std::vector<int32_t> right_stripping_; ///< sorted
    std::vector<std::string> warnings_;
};

} // namespace rocmforge
