// PLaMo 2's tokenizer (`tokenizer.ggml.model` = "plamo2"): of all ways to cover the text with tokens or
// single characters, the one with the best sum of scores; characters without a token become bytes.
// Source: the tokenizer published with the models.
#pragma once

#include "tokenizer/trie.h"
#include "tokenizer/vocabulary_tokenizer.h"

namespace rocmforge {

class Plamo2 final : public VocabularyTokenizer {
public:
    [[nodiscard]] static Result<std::unique_ptr<Tokenizer>> create(const gguf::Metadata& metadata);

    std::string description() const override { return "PLaMo 2"; }

protected:
    void encode_text(std::string_view text, std::vector<int32_t>& tokens) const override;
    std::string token_bytes(int32_t token) const override;

private:
    /// The best way to cover what follows a position: its score, and the token it begins with.
    struct Step {
        int64_t score = 0;
        size_t length = 0; ///< bytes
        int32_t token = -1; ///< -1: a character that becomes bytes
    };

    explicit Plamo2(Vocabulary vocabulary);

    [[nodiscard]] std::vector<Step> best_steps(std::string_view text) const;
    [[nodiscard]] Step best_step(std::string_view text, const Step* after) const;

    Trie trie_; ///< all tokens that may be chosen
    std::vector<int64_t> scores_; ///< of all tokens, in ten-thousandths
};

} // namespace rocmforge
