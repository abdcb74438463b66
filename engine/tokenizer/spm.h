// SentencePiece's BPE (`tokenizer.ggml.model` = "llama"): spaces become "▁", then neighbours merge
// into the token with the best score anywhere in the text; what is no token falls back to bytes.
// Source: Kudo and Richardson 2018, arXiv:1808.06226.
#pragma once

#include "tokenizer/pair_merger.h"
#include "tokenizer/vocabulary_tokenizer.h"

namespace rocmforge {

class SentencePieceBpe final : public VocabularyTokenizer {
public:
    [[nodiscard]] static Result<std::unique_ptr<Tokenizer>> create(const gguf::Metadata& metadata);

    std::string description() const override { return "SPM"; }

protected:
    void encode_text(std::string_view text, std::vector<int32_t>& tokens) const override;
    std::string token_bytes(int32_t token) const override;

private:
    explicit SentencePieceBpe(Vocabulary vocabulary);

    void rank_tokens();
    void note_neighbours();
    [[nodiscard]] bool may_join(char32_t left, char32_t right) const;
    [[nodiscard]] int32_t find_mergeable(std::string_view text) const;
    void encode_stretch(std::string_view text, PairMerger& merger, std::vector<int32_t>& tokens) const;

    std::vector<uint32_t> ranks_; ///< by token: 0 = the best score
    /// Hashed set of the characters that stand side by side in some token. Text is cut between all
    /// others, for no merge can cross there; a false hit only means a longer stretch.
    std::vector<bool> neighbours_;
};

} // namespace rocmforge
