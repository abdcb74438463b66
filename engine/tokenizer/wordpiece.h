// BERT's tokenizer (`tokenizer.ggml.model` = "bert"), for embedding models: text is lower-cased and
// stripped of accents, cut into words, and each word covered by the longest tokens from its start.
// Sources: Devlin et al. 2018, arXiv:1810.04805; google-research/bert, tokenization.py. GGUF spells
// tokens that begin a word with "▁" in front and the others without BERT's "##".
#pragma once

#include "tokenizer/trie.h"
#include "tokenizer/vocabulary_tokenizer.h"

namespace rocmforge {

class WordPiece final : public VocabularyTokenizer {
public:
    [[nodiscard]] static Result<std::unique_ptr<Tokenizer>> create(const gguf::Metadata& metadata);

    std::string description() const override { return "WordPiece"; }

protected:
    void encode_text(std::string_view text, std::vector<int32_t>& tokens) const override;
    std::string token_bytes(int32_t token) const override;

private:
    explicit WordPiece(Vocabulary vocabulary);

    void encode_word(std::string_view word, std::vector<int32_t>& tokens) const;

    Trie trie_; ///< normal tokens
};

} // namespace rocmforge
