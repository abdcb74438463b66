// Small vocabularies made on the spot, as a model file would carry them.
#pragma once

#include "gguf/gguf.h"
#include "gguf/writer.h"
#include "tokenizer/tokenizer.h"

#include <map>
#include <string>
#include <vector>

namespace rocmforge::test {

using Ids = std::vector<int32_t>;

/// The `tokenizer.ggml.*` keys of one vocabulary; change what a test is about, then create().
class VocabularyFixture {
public:
    using Value = gguf::Writer::Value;

    struct Token {
        std::string text;
        float score = 0;
        int32_t type =
            1; ///< as in the file: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte
    };

    VocabularyFixture(const std::string& model, const std::vector<Token>& tokens)
    {
        set("model", model);
        std::vector<std::string> texts;
        std::vector<float> scores;
        std::vector<int32_t> types;
        for (const Token& token : tokens) {
            texts.push_back(token.text);
            scores.push_back(token.score);
            types.push_back(token.type);
        }
        set("tokens", texts);
        set("scores", scores);
        set("token_type", types);
    }

    VocabularyFixture& set(const std::string& key, const Value& value)
    {
        values_.insert_or_assign("tokenizer.ggml." + key, value);
        return *this;
    }
    VocabularyFixture& setName(const std::string& name)
    {
        values_.insert_or_assign("general.name", name);
        return *this;
    }
    VocabularyFixture& remove(const std::string& key)
    {
        values_.erase("tokenizer.ggml." + key);
        return *this;
    }

    Result<std::unique_ptr<Tokenizer>> create() const
    {
        gguf::Writer writer;
        for (const auto& [key, value] : values_)
            writer.set(key, value);
        const std::string bytes = writer.header();
        TRY(const auto header, gguf::parse(std::as_bytes(std::span(bytes))));
        return Tokenizer::create(header.metadata); // must copy what it needs
    }

private:
    std::map<std::string, Value> values_;
};

/// Byte-level BPE over "low", "lower", "newest" …: all bytes, a few merges, two special tokens.
inline VocabularyFixture smallBpe()
{
    std::vector<VocabularyFixture::Token> tokens;
    char32_t substitute = 256;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
        const char32_t c = printable ? byte : substitute++;
        std::string text;
        if (c < 0x80)
            text = char(c);
        else
            text = {char(0xC0 | c >> 6), char(0x80 | (c & 0x3F))};
        tokens.push_back({text});
    }
    for (const char* text : {"lo", "low", "er", "lower", "Ġlow", "ne", "new"})
        tokens.push_back({text});
    tokens.push_back({"<|im_end|>", 0, 3});
    tokens.push_back({"<think>", 0, 4});
    VocabularyFixture fixture("gpt2", tokens);
    fixture.set("pre", std::string("gpt-2"));
    fixture.set("merges", std::vector<std::string>{"l o", "lo w", "e r", "low er", "Ġ low", "n e", "ne w"});
    return fixture;
}

/// SentencePiece BPE: unknown, BOS, EOS, the 256 byte tokens, letters and a few words.
inline VocabularyFixture smallSpm()
{
    std::vector<VocabularyFixture::Token> tokens = {{"<unk>", 0, 2}, {"<s>", 0, 3}, {"</s>", 0, 3}};
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (unsigned byte = 0; byte < 256; ++byte)
        tokens.push_back({{'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'}, 0, 6});
    for (const char* text : {"▁", "a", "b", "c", "o", "l", "w"})
        tokens.push_back({text, -100});
    tokens.push_back({"ab", -3});
    tokens.push_back({"bc", -2});
    tokens.push_back({"abc", -4});
    tokens.push_back({"▁a", -1});
    return {"llama", tokens};
}

} // namespace rocmforge::test
