#include <rocmforge/model_tokenizer.h>

#include "gguf/gguf.h"
#include "tokenizer/tokenizer.h"

namespace rocmforge {

ModelTokenizer::ModelTokenizer(std::unique_ptr<Tokenizer> tokenizer)
    : tokenizer_(std::move(tokenizer))
{
}

ModelTokenizer::ModelTokenizer(ModelTokenizer&&) noexcept = default;
ModelTokenizer& ModelTokenizer::operator=(ModelTokenizer&&) noexcept = default;
ModelTokenizer::~ModelTokenizer() = default;

Result<ModelTokenizer> ModelTokenizer::open(const std::filesystem::path& path)
{
    TRY(const gguf::File file, gguf::File::open(path));
    TRY(auto tokenizer, Tokenizer::create(file.metadata()));
    return ModelTokenizer(std::move(tokenizer));
}

std::vector<int32_t> ModelTokenizer::tokenize(std::string_view text, bool add_special, bool parse_special) const
{
    return tokenizer_->encode(text, add_special ? AddSpecial::yes : AddSpecial::no,
                              parse_special ? SpecialText::parse : SpecialText::plain);
}

std::string ModelTokenizer::detokenize(std::span<const int32_t> tokens, bool show_special) const
{
    return tokenizer_->decode(tokens, show_special);
}

std::string ModelTokenizer::piece(int32_t token) const
{
    return tokenizer_->piece(token, true);
}

int ModelTokenizer::size() const
{
    return tokenizer_->vocab_size();
}

} // namespace rocmforge
