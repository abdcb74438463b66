// A model file's tokenizer alone: reads the header, loads no weights.
#pragma once

#include <rocmforge/error.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

class Tokenizer;

class ModelTokenizer {
public:
    /// Errors of opening the file and of building its tokenizer.
    [[nodiscard]] static Result<ModelTokenizer> open(const std::filesystem::path& path);
    ModelTokenizer(ModelTokenizer&&) noexcept;
    ModelTokenizer& operator=(ModelTokenizer&&) noexcept;
    ~ModelTokenizer();

    /// BOS and EOS are added as the model wants them with add_special; special tokens in the text
    /// are recognized with parse_special.
    [[nodiscard]] std::vector<int32_t> tokenize(std::string_view text, bool add_special,
                                                bool parse_special) const;
    [[nodiscard]] std::string detokenize(std::span<const int32_t> tokens, bool show_special) const;
    /// The bytes of one token.
    [[nodiscard]] std::string piece(int32_t token) const;
    [[nodiscard]] int size() const;

private:
    explicit ModelTokenizer(std::unique_ptr<Tokenizer> tokenizer);
    std::unique_ptr<Tokenizer> tokenizer_;
};

} // namespace rocmforge
