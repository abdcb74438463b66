#include <rocmforge/vocabulary.h>

#include "gguf/gguf.h"
#include "tokenizer/tokenizer.h"

namespace rocmforge {

Vocabulary::Vocabulary(std::unique_ptr<Tokenizer> tokenizer)
    : tokenizer_(std::move(tokenizer))
{
}

Vocabulary::Vocabulary(Vocabulary&&) noexcept = default;
Vocabulary& Vocabulary::operator=(Vocabulary&&) noexcept = default;
Vocabulary::~Vocabulary() = default;

Result<Vocabulary> Vocabulary::open(const std::filesystem::path& path)
{
    TRY(const gguf::File file, gguf::File::open(path));
    TRY(auto tokenizer, Tokenizer::create(file.metadata()));
    return Vocabulary(std::move(tokenizer));
}

std::vector<int32_t> Vocabulary::tokenize(std::string_view text, bool add_special, bool parse_special) const
{
    return tokenizer_->encode(text, add_special ? AddSpecial::yes : AddSpecial::no,
                              parse_special ? SpecialText::parse : SpecialText::plain);
}

std::string Vocabulary::detokenize(std::span<const int32_t> tokens, bool show_special) const
{
    return tokenizer_->decode(tokens, show_special);
}

std::string Vocabulary::piece(int32_t token) const
{
    return tokenizer_->piece(token, true);
}

int Vocabulary::size() const
{
    return tokenizer_->vocab_size();
}

} // namespace rocmforge
