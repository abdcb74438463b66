#include "tokenizer/pretokenizer.h"

#include "tokenizer/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <string>

namespace rocmforge {

namespace {

using Pieces = std::vector<std::string_view>;

/// PCRE2's \s takes U+180E for a space, the engines the expressions were written for do not.
std::string with_unicode_spaces(std::string_view expression)
{
    constexpr std::string_view spaces = R"(\p{Z}\t-\r\x{85})";
    std::string result;
    bool in_class = false;
    for (size_t i = 0; i < expression.size(); ++i) {
        const char c = expression[i];
        if (c != '\\') {
            in_class = c == '[' || (in_class && c != ']');
            result += c;
            continue;
        }
        const char escaped = expression[++i];
        if (escaped == 's')
            result += in_class ? std::string(spaces) : '[' + std::string(spaces) + ']';
        else if (escaped == 'S')
            result += "[^" + std::string(spaces) + ']';
        else
            result += {c, escaped};
    }
    return result;
}

size_t character_end(std::string_view text, size_t at)
{
    return at + utf8::next(text, at).length;
}

void append_threes_from_right(std::string_view match, Pieces& pieces)
{
    size_t n_characters = 0;
    for (size_t at = 0; at < match.size(); at = character_end(match, at))
        ++n_characters;
    size_t begin = 0;
    for (size_t at = 0; at < match.size();) {
        at = character_end(match, at);
        if (--n_characters % 3 == 0) {
            pieces.push_back(match.substr(begin, at - begin));
            begin = at;
        }
    }
}

/// Stretches of valid UTF-8, and of bytes that are none.
template <typename Visit> void for_each_run(std::string_view text, const Visit& visit)
{
    for (size_t begin = 0; begin < text.size();) {
        const bool valid = utf8::next(text, begin).form == utf8::Form::valid;
        size_t end = begin;
        while (end < text.size()) {
            const utf8::Sequence sequence = utf8::next(text, end);
            if ((sequence.form == utf8::Form::valid) != valid)
                break;
            end += sequence.length;
        }
        visit(text.substr(begin, end - begin), valid);
        begin = end;
    }
}

} // namespace

void PreTokenizer::FreeCode::operator()(pcre2_real_code_8* code) const
{
    pcre2_code_free(code);
}

/// What one thread needs to match: PCRE2's compiled code is shared, this is not.
class PreTokenizer::Matcher {
public:
    Matcher()
        : data_(pcre2_match_data_create(1, nullptr))
        , context_(pcre2_match_context_create(nullptr))
        , stack_(pcre2_jit_stack_create(jit_stack_start, jit_stack_limit, nullptr))
    {
        if (context_ && stack_)
            pcre2_jit_stack_assign(context_, nullptr, stack_);
    }
    Matcher(const Matcher&) = delete;
    Matcher& operator=(const Matcher&) = delete;
    ~Matcher()
    {
        pcre2_match_data_free(data_);
        pcre2_match_context_free(context_);
        pcre2_jit_stack_free(stack_);
    }

    /// The first match from byte `from` on. False also where PCRE2 gives up (its limits): what is
    /// left then stays one piece.
    bool find(const pcre2_real_code_8* code, std::string_view text, size_t from)
    {
        return data_ && context_
            && pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                           PCRE2_NO_UTF_CHECK, data_, context_)
            >= 0;
    }
    [[nodiscard]] size_t begin() const { return pcre2_get_ovector_pointer(data_)[0]; }
    [[nodiscard]] size_t end() const { return pcre2_get_ovector_pointer(data_)[1]; }

private:
    static constexpr size_t jit_stack_start = size_t{32} << 10;
    static constexpr size_t jit_stack_limit = size_t{64} << 20; ///< reserved, not used: grows on demand

    pcre2_match_data* data_;
    pcre2_match_context* context_;
    pcre2_jit_stack* stack_;
};

Result<PreTokenizer> PreTokenizer::create(std::span<const SplitStep> steps)
{
    PreTokenizer result;
    for (const SplitStep& step : steps) {
        const std::string expression = with_unicode_spaces(step.expression);
        int error = 0;
        size_t offset = 0;
        Step compiled = {{}, step.match};
        compiled.code.reset(pcre2_compile(
            reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
            PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE, &error, &offset, nullptr));
        if (!compiled.code)
            return fail(ErrorKind::internal,
                        "The pre-tokenizer expression " + expression + " does not compile (PCRE2 error "
                            + std::to_string(error) + " at " + std::to_string(offset) + ").");
        pcre2_jit_compile(compiled.code.get(), PCRE2_JIT_COMPLETE); // without it PCRE2 interprets
        result.steps_.push_back(std::move(compiled));
    }
    return result;
}

std::vector<std::string_view> PreTokenizer::split(std::string_view text) const
{
    // Its stack's pages cost more than matching a short message does.
    thread_local Matcher matcher;
    Pieces all;
    for_each_run(text, [&](std::string_view run, bool valid) {
        Pieces pieces = {run};
        for (size_t i = 0; valid && i < steps_.size(); ++i) {
            Pieces finer;
            for (const std::string_view piece : pieces)
                steps_[i].apply(piece, matcher, finer);
            pieces = std::move(finer);
        }
        all.insert(all.end(), pieces.begin(), pieces.end());
    });
    return all;
}

/// Appends the matches in `piece` and what lies between them.
void PreTokenizer::Step::apply(std::string_view piece, Matcher& matcher, Pieces& out) const
{
    size_t done = 0; // bytes already in `out`
    for (size_t at = 0; at < piece.size() && matcher.find(code.get(), piece, at);) {
        const size_t begin = matcher.begin(), end = matcher.end();
        if (begin == end) { // nothing to cut out; look further on
            if (end == piece.size())
                break;
            at = character_end(piece, end);
            continue;
        }
        if (begin > done)
            out.push_back(piece.substr(done, begin - done));
        if (match == SplitStep::Match::threes_from_right)
            append_threes_from_right(piece.substr(begin, end - begin), out);
        else
            out.push_back(piece.substr(begin, end - begin));
        at = done = end;
    }
    if (done < piece.size())
        out.push_back(piece.substr(done));
}

} // namespace rocmforge
