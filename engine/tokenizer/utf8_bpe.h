// BPE by ranked merges over characters instead of bytes (`tokenizer.ggml.model` = "gemma4"): spaces
// become "▁", whole lines are merged at once, what is no token falls back to byte tokens.
#pragma once

#include "tokenizer/merge_table.h"
#include "tokenizer/vocabulary_tokenizer.h"

namespace rocmforge {

class Utf8Bpe final : public VocabularyTokenizer {
public:
    [[nodiscard]] static Result<std::unique_ptr<Tokenizer>> create(const gguf::Metadata& metadata);

    std::string description() const override { return "BPE over UTF-8"; }

protected:
    void encode_text(std::string_view text, std::vector<int32_t>& tokens) const override;
    std::string token_bytes(int32_t token) const override;

private:
    Utf8Bpe(Vocabulary vocabulary, MergeTable merges);

    void encode_line(std::string_view line, PairMerger& merger, std::vector<int32_t>& tokens) const;

    MergeTable merges_;
};

} // namespace rocmforge
