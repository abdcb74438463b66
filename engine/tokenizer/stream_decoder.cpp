#include "tokenizer/tokenizer.h"
#include "tokenizer/utf8.h"

#include <utility>

namespace rocmforge {

std::string StreamDecoder::push(int32_t token)
{
    // decode() of a first token leaves out the space in front; later ones are running text.
    pending_ += std::exchange(first_, false) ? tokenizer_->decode({&token, 1}, show_special_)
                                             : tokenizer_->piece(token, show_special_);
    size_t complete = 0;
    while (complete < pending_.size()) {
        const utf8::Sequence sequence = utf8::next(pending_, complete);
        if (sequence.form == utf8::Form::truncated)
            break;
        complete += sequence.length;
    }
    std::string text = utf8::with_replacements({pending_.data(), complete});
    pending_.erase(0, complete);
    return text;
}

std::string StreamDecoder::finish()
{
    return utf8::with_replacements(std::exchange(pending_, {}));
}

} // namespace rocmforge
