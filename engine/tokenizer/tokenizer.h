// Text to token ids and back, as the model's own vocabulary defines it.
#pragma once

#include "gguf/gguf.h"

#include <rocmforge/error.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

enum class SpecialText { plain, parse }; ///< are special tokens in the text recognized?
enum class AddSpecial { no, yes }; ///< BOS/EOS where the model wants them

/// Immutable after creation; every function may be called from any thread.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    /// From the `tokenizer.ggml.*` keys, which are copied. invalid_tokenizer, missing_metadata.
    [[nodiscard]] static Result<std::unique_ptr<Tokenizer>> create(const gguf::Metadata& metadata);

    /// Any bytes are accepted; invalid UTF-8 is tokenized losslessly where the vocabulary allows.
    [[nodiscard]] virtual std::vector<int32_t> encode(std::string_view text, AddSpecial add_special,
                                                      SpecialText special_text) const = 0;
    /// The bytes of one token as they appear inside running text.
    [[nodiscard]] virtual std::string piece(int32_t token, bool show_special) const = 0;
    /// The whole text, without the space some vocabularies put in front.
    [[nodiscard]] virtual std::string decode(std::span<const int32_t> tokens, bool show_special) const = 0;

    [[nodiscard]] virtual int vocab_size() const = 0;
    [[nodiscard]] virtual std::string description() const = 0; ///< "BPE (llama-bpe)"
    [[nodiscard]] virtual int32_t bos() const = 0; ///< -1 = none
    [[nodiscard]] virtual int32_t eos() const = 0;
    [[nodiscard]] virtual bool adds_bos() const = 0;
    [[nodiscard]] virtual bool is_control(int32_t token) const = 0;
    /// Ends a generation: eos, eot and every other end-of-turn token of the vocabulary.
    [[nodiscard]] virtual bool is_end(int32_t token) const = 0;
    [[nodiscard]] virtual std::span<const std::string> warnings() const = 0;
};

/// Joins token pieces of one answer and hands out complete UTF-8 characters only. All that push()
/// and finish() return, joined, is decode() of the same tokens made valid. One thread at a time;
/// the tokenizer must outlive it.
class StreamDecoder {
public:
    /// `show_special`: control tokens come out as text too, for whoever parses the model's markup.
    explicit StreamDecoder(const Tokenizer& tokenizer, bool show_special = false)
        : tokenizer_(&tokenizer)
        , show_special_(show_special)
    {
    }
    /// The text this token completes; may be empty. Bytes that can never become UTF-8 come out as U+FFFD.
    [[nodiscard]] std::string push(int32_t token);
    /// What is still held back, made valid.
    [[nodiscard]] std::string finish();

private:
    const Tokenizer* tokenizer_;
    bool show_special_;
    std::string pending_; ///< at most three bytes: the start of a character
    bool first_ = true;
};

} // namespace rocmforge
