// What every tokenizer does the same way: special tokens cut out of the text, BOS and EOS around
// it, lookups in the vocabulary.
#pragma once

#include "tokenizer/special_tokens.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/vocabulary.h"

namespace rocmforge {

class VocabularyTokenizer : public Tokenizer {
public:
    explicit VocabularyTokenizer(Vocabulary vocabulary);

    std::vector<int32_t> encode(std::string_view text, AddSpecial add_special,
                                SpecialText special_text) const override;
    std::string piece(int32_t token, bool show_special) const override;
    std::string decode(std::span<const int32_t> tokens, bool show_special) const override;

    int vocab_size() const override { return vocabulary_.size(); }
    int32_t bos() const override { return vocabulary_.special().bos; }
    int32_t eos() const override { return vocabulary_.special().eos; }
    bool adds_bos() const override { return vocabulary_.flags().add_bos && bos() >= 0; }
    bool is_control(int32_t token) const override;
    bool is_end(int32_t token) const override { return vocabulary_.is_end(token); }
    std::span<const std::string> warnings() const override { return vocabulary_.warnings(); }

protected:
    /// Appends the tokens of `text`, which is not empty, holds no special token and begins the
    /// input or follows a special token.
    virtual void encode_text(std::string_view text, std::vector<int32_t>& tokens) const = 0;
    /// The bytes a normal token stands for.
    virtual std::string token_bytes(int32_t token) const = 0;

    /// Byte tokens for text that no token covers; the unknown token for bytes that have none.
    void append_bytes(std::string_view text, std::vector<int32_t>& tokens) const;

    const Vocabulary& vocabulary() const { return vocabulary_; }

private:
    Vocabulary vocabulary_;
    SpecialTokenSplitter splitter_;
};

} // namespace rocmforge
