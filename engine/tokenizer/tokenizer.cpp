#include "tokenizer/tokenizer.h"

#include "tokenizer/byte_level_bpe.h"
#include "tokenizer/plamo2.h"
#include "tokenizer/spm.h"
#include "tokenizer/unigram.h"
#include "tokenizer/utf8_bpe.h"
#include "tokenizer/wordpiece.h"

#include <algorithm>
#include <iterator>

namespace rocmforge {

namespace {

struct Kind {
    std::string_view model; ///< of `tokenizer.ggml.model`
    Result<std::unique_ptr<Tokenizer>> (*create)(const gguf::Metadata& metadata);
};

constexpr Kind kinds[] = {
    {"gpt2", &ByteLevelBpe::create}, {"llama", &SentencePieceBpe::create},
    {"gemma4", &Utf8Bpe::create},    {"bert", &WordPiece::create},
    {"t5", &Unigram::create},        {"plamo2", &Plamo2::create},
};

} // namespace

Result<std::unique_ptr<Tokenizer>> Tokenizer::create(const gguf::Metadata& metadata)
{
    TRY(const std::string_view model, metadata.string("tokenizer.ggml.model"));
    const auto* const kind = std::ranges::find(kinds, model, &Kind::model);
    if (kind == std::end(kinds))
        return fail(ErrorKind::invalid_tokenizer,
                    "The file wants a tokenizer of the kind \"" + std::string(model)
                        + "\", which is not known.",
                    "Look for a newer version of this program or for another conversion of the model.");
    return kind->create(metadata);
}

} // namespace rocmforge
