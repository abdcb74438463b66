// SentencePiece's unigram model (`tokenizer.ggml.model` = "t5"), for T5 and many embedding models:
// of all ways to cover the normalized text with tokens, the one with the best sum of scores.
// Source: Kudo 2018, arXiv:1804.10959.
#pragma once

#include "tokenizer/charsmap.h"
#include "tokenizer/trie.h"
#include "tokenizer/vocabulary_tokenizer.h"

namespace rocmforge {

class Unigram final : public VocabularyTokenizer {
public:
    [[nodiscard]] static Result<std::unique_ptr<Tokenizer>> create(const gguf::Metadata& metadata);

    std::string description() const override { return "Unigram"; }

protected:
    void encode_text(std::string_view text, std::vector<int32_t>& tokens) const override;
    std::string token_bytes(int32_t token) const override;

private:
    /// The best way to reach a position in the text, and where its last token began.
    struct Step {
        double score;
        uint32_t begin = 0;
        int32_t token = -1; ///< -1: a character that no token covers
    };

    Unigram(Vocabulary vocabulary, Charsmap charsmap);

    [[nodiscard]] std::vector<Step> best_steps(std::string_view text) const;
    void append_uncovered(std::string_view text, std::vector<int32_t>& tokens) const;

    Charsmap charsmap_;
    Trie trie_; ///< all tokens that text may turn into
    double uncovered_score_ = 0; ///< of a character without a token
};

} // namespace rocmforge
