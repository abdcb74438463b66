// Filters that fit text into lines.
#include "comparison.h"
#include "filters.h"
#include "iteration.h"
#include "lines.h"
#include "printing.h"
#include "unicode.h"

#include <algorithm>
#include <array>

namespace rocmforge::jinja {

namespace {

/// These filters take text only.
const std::string& text_of(const Value& value, std::string_view filter)
{
    require_defined(value);
    if (!value.text())
        raise(Fault::type, {filter, " wants text, not ", type_name(value)});
    return value.text()->bytes;
}

std::string spaces(Runtime& runtime, int64_t count)
{
    const auto size = static_cast<size_t>(std::max<int64_t>(count, 0));
    runtime.budget.allocate(size);
    return std::string(size, ' ');
}

Value indent(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const Text* custom = arguments[0] ? arguments[0]->text() : nullptr;
    const std::string indentation = custom ? custom->bytes : spaces(runtime, arguments.integer(0, 4));
    const bool blank = arguments.flag(2, false);
    const std::string text = text_of(value, "indent") + "\n";
    std::string out;
    bool first = true;
    for (const std::string_view line : split_lines(text)) {
        const bool indented = first ? arguments.flag(1, false) : blank || !line.empty();
        if (!first)
            out += '\n';
        if (indented) {
            runtime.budget.allocate(indentation.size());
            out += indentation;
        }
        out += line;
        first = false;
    }
    return runtime.text(std::move(out), value.text()->kind);
}

Value center(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const std::string text = str(runtime.budget, value);
    const int64_t width = arguments.integer(0, 80);
    const int64_t missing = std::max<int64_t>(width - static_cast<int64_t>(count_characters(text)), 0);
    const int64_t left = missing / 2 + (missing & width & 1);
    return runtime.text(spaces(runtime, left) + text + spaces(runtime, missing - left));
}

std::string_view first_characters(std::string_view text, int64_t count)
{
    return text.substr(0, offset_of_character(text, static_cast<size_t>(std::max<int64_t>(count, 0))));
}

Value truncate(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const int64_t length = arguments.integer(0, 255);
    const std::string end = arguments[2] ? arguments.text(2).bytes : "...";
    const bool has_leeway = arguments[3] && !arguments[3]->is_none();
    const int64_t leeway = has_leeway ? arguments.integer(3, 5) : 5;
    const int64_t room = length - static_cast<int64_t>(count_characters(end));
    if (room < 0 || leeway < 0)
        raise(Fault::value,
              {"expected length >= ", std::to_string(count_characters(end)), " and leeway >= 0"});
    const auto size = length_of(value);
    if (size && *size - length <= leeway)
        return value;
    const std::string& text = text_of(value, "truncate");
    std::string_view kept = first_characters(text, room);
    if (!arguments.flag(1, false))
        kept = kept.substr(0, kept.rfind(' '));
    return runtime.text(std::string(kept) + end);
}

/// Breaks one line of text at spaces, and words that are too long for a line.
class Wrapper {
public:
    Wrapper(size_t width, bool breaks_words)
        : width_(width)
        , breaks_words_(breaks_words)
    {
    }

    std::vector<std::string> wrap(std::string_view text)
    {
        while (!text.empty()) {
            const size_t word = std::min(text.find_first_not_of(' '), text.size());
            const size_t end = std::min(text.find(' ', word), text.size());
            add(text.substr(0, word), text.substr(word, end - word));
            text.remove_prefix(end);
        }
        flush();
        return std::move(lines_);
    }

private:
    void add(std::string_view gap, std::string_view word)
    {
        if (!line_.empty() && length_ + gap.size() + count_characters(word) > width_) {
            flush();
            gap = {};
        }
        append(gap);
        while (breaks_words_ && length_ + count_characters(word) > width_) {
            const size_t room = offset_of_character(word, width_ - std::min(length_, width_ - 1));
            append(word.substr(0, room));
            word.remove_prefix(room);
            flush();
        }
        append(word);
    }

    void append(std::string_view text)
    {
        line_ += text;
        length_ += count_characters(text);
    }

    void flush()
    {
        while (line_.ends_with(' '))
            line_.pop_back();
        if (!line_.empty())
            lines_.push_back(std::move(line_));
        line_.clear();
        length_ = 0;
    }

    size_t width_;
    bool breaks_words_;
    std::string line_;
    size_t length_ = 0; ///< characters of line_
    std::vector<std::string> lines_;
};

Value wordwrap(Runtime& runtime, const Value& value, const Bound& arguments)
{
    const std::string& text = text_of(value, "wordwrap");
    const int64_t width = arguments.integer(0, 79);
    if (width <= 0)
        raise(Fault::value, {"invalid width ", std::to_string(width), " (must be > 0)"});
    const Text* custom = arguments.optional_text(2);
    const std::string line_break = custom ? custom->bytes : "\n";
    runtime.budget.scan(text.size());
    std::string out;
    bool first_line = true;
    for (const std::string_view line : split_lines(text)) {
        const auto wrapped = Wrapper(static_cast<size_t>(width), arguments.flag(1, true)).wrap(line);
        runtime.budget.allocate(wrapped.size() + 1, line_break.size());
        for (size_t i = 0; i < std::max<size_t>(wrapped.size(), 1); ++i) {
            out += first_line ? "" : line_break;
            out += i < wrapped.size() ? wrapped[i] : "";
            first_line = false;
        }
    }
    return runtime.text(std::move(out));
}

constexpr std::array<Builtin, 4> filters{{
    {{"indent", {"width", "first", "blank"}}, indent},
    {{"center", {"width"}}, center},
    {{"truncate", {"length", "killwords", "end", "leeway"}}, truncate},
    {{"wordwrap", {"width", "break_long_words", "wrapstring", "break_on_hyphens"}}, wordwrap},
}};

} // namespace

std::span<const Builtin> layout_filters()
{
    return filters;
}

} // namespace rocmforge::jinja
