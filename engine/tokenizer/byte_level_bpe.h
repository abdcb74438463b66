// GPT-2's tokenizer and its many descendants (`tokenizer.ggml.model` = "gpt2"): regular expressions
// cut the text into pieces, in each of which bytes are merged by rank.
#pragma once

#include "tokenizer/merge_table.h"
#include "tokenizer/pretokenizer.h"
#include "tokenizer/vocabulary_tokenizer.h"

#include <array>

namespace rocmforge {

class ByteLevelBpe final : public VocabularyTokenizer {
public:
    /// An unknown `tokenizer.ggml.pre` is a warning; the default one takes its place.
    [[nodiscard]] static Result<std::unique_ptr<Tokenizer>> create(const gguf::Metadata& metadata);

    std::string description() const override { return "BPE (" + name_ + ')'; }

protected:
    void encode_text(std::string_view text, std::vector<int32_t>& tokens) const override;
    std::string token_bytes(int32_t token) const override;

private:
    ByteLevelBpe(Vocabulary vocabulary, MergeTable merges, PreTokenizer pretokenizer,
                 const PreTokenizerRule& rule);

    [[nodiscard]] int32_t whole_token(std::string_view piece) const;
    void encode_piece(std::string_view piece, PairMerger& merger, std::vector<int32_t>& tokens) const;

    MergeTable merges_;
    PreTokenizer pretokenizer_;
    std::string name_; ///< of the pre-tokenizer
    bool ignore_merges_;
    std::array<int32_t, 256> byte_tokens_{}; ///< -1 where a byte has none
};

} // namespace rocmforge
