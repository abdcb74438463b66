#include "markup.h"
#include "number_format.h"
#include "printing.h"
#include "slice.h"
#include "string_format.h"
#include "unicode.h"

#include <cmath>

namespace rocmforge::jinja {

namespace {

class PercentFormatter {
public:
    PercentFormatter(Runtime& runtime, const Text& format, const Value& values)
        : runtime_(runtime)
        , format_(format.bytes)
        , kind_(format.kind)
        , values_(values)
    {
    }

    std::string run()
    {
        while (at_ < format_.size()) {
            const size_t percent = std::min(format_.find('%', at_), format_.size());
            out_ += format_.substr(at_, percent - at_);
            at_ = percent;
            if (at_ < format_.size())
                directive();
        }
        check_all_used();
        return std::move(out_);
    }

private:
    char take()
    {
        if (at_ == format_.size())
            raise(Fault::value, "incomplete format");
        return format_[at_++];
    }

    bool take(char wanted)
    {
        if (at_ == format_.size() || format_[at_] != wanted)
            return false;
        ++at_;
        return true;
    }

    void directive()
    {
        ++at_;
        named_ = nullptr;
        if (take('('))
            take_name();
        FormatSpec spec;
        take_flags(spec);
        if (const auto width = take_size()) {
            if (*width < 0)
                spec.align = '<';
            spec.width = static_cast<size_t>(std::abs(*width));
        }
        if (take('.'))
            spec.precision = static_cast<size_t>(std::max<int64_t>(take_size().value_or(0), 0));
        while (take('l') || take('h') || take('L')) { }
        convert(take(), spec);
    }

    void take_name()
    {
        const size_t end = format_.find(')', at_);
        if (end == std::string_view::npos)
            raise(Fault::value, "incomplete format key");
        const std::string key(format_.substr(at_, end - at_));
        at_ = end + 1;
        if (!values_.dict())
            raise(Fault::type, "format requires a mapping");
        named_ = values_.dict()->find(key);
        if (!named_)
            raise(Fault::key, in_quotes(key));
    }

    void take_flags(FormatSpec& spec)
    {
        for (bool zero = false;;) {
            if (take('-'))
                spec.align = '<';
            else if (take('+'))
                spec.sign = '+';
            else if (take(' '))
                spec.sign = spec.sign == '+' ? '+' : ' ';
            else if (take('#'))
                spec.alternate = true;
            else if (take('0'))
                zero = true;
            else {
                zero_padded_ = zero && spec.align != '<';
                return;
            }
        }
    }

    /// A width or precision: digits, or `*` for the next value.
    std::optional<int64_t> take_size()
    {
        if (take('*')) {
            const auto size = as_integer(next_value());
            if (!size)
                raise(Fault::type, "* wants int");
            return within(*size);
        }
        std::optional<int64_t> size;
        while (at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9')
            size = within(size.value_or(0) * 10 + (format_[at_++] - '0'));
        return size;
    }

    static int64_t within(int64_t size)
    {
        constexpr int64_t most = 1'000'000'000;
        if (size > most || size < -most)
            raise(Fault::value, "width or precision too big");
        return size;
    }

    const Value& next_value()
    {
        if (named_)
            return *named_;
        const Sequence* tuple = values_.sequence();
        if (tuple && tuple->kind != SequenceKind::tuple)
            tuple = nullptr;
        if (used_ >= (tuple ? tuple->items.size() : 1))
            raise(Fault::type, "not enough arguments for format string");
        ++used_;
        return tuple ? tuple->items[used_ - 1] : values_;
    }

    void check_all_used() const
    {
        const Sequence* tuple = values_.sequence();
        const bool is_tuple = tuple && tuple->kind == SequenceKind::tuple;
        const bool may_be_unused = values_.dict() || values_.undefined() || (tuple && is_indexable(*tuple));
        if (used_ < (is_tuple ? tuple->items.size() : may_be_unused ? 0 : 1))
            raise(Fault::type, "not all arguments converted during string formatting");
    }

    void convert(char type, FormatSpec spec)
    {
        spec.type = type;
        switch (type) {
        case '%':
            out_ += '%';
            return;
        case 's':
            return text(next_value(), spec);
        case 'r':
        case 'a':
            return text(Value(repr(runtime_.budget, next_value())), spec);
        case 'c':
            return character(next_value(), spec);
        case 'd':
        case 'i':
        case 'u':
            spec.type = 'd';
            return integer(next_value(), spec, "a real number");
        case 'x':
        case 'X':
        case 'o':
            return integer(next_value(), spec, "an integer");
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
            return floating(next_value(), spec);
        default:
            raise(Fault::value, {"unsupported format character '", std::string_view(&type, 1), "'"});
        }
    }

    void text(const Value& value, FormatSpec spec)
    {
        const Value shown = kind_ == TextKind::markup ? escape(runtime_, value) : value;
        const std::string content = str(runtime_.budget, shown);
        spec.type = 0;
        spec.align = spec.align ? spec.align : '>';
        runtime_.budget.allocate(content.size());
        out_ += format_text(runtime_, content, spec);
    }

    void character(const Value& value, const FormatSpec& spec)
    {
        std::string character;
        if (const auto code = as_integer(value))
            append_utf8(character, static_cast<char32_t>(*code));
        else if (value.text() && value.text()->length == 1)
            character = value.text()->bytes;
        else
            raise(Fault::type, "%c requires int or char");
        text(Value(std::move(character)), spec);
    }

    void pad_with_zeros(FormatSpec& spec) const
    {
        if (!zero_padded_)
            return;
        spec.fill = U'0';
        spec.align = '=';
    }

    void integer(const Value& value, FormatSpec spec, std::string_view wanted)
    {
        const bool truncates = spec.type == 'd' && value.floating() && std::abs(*value.floating()) < 9e18;
        const auto number =
            truncates ? std::optional(static_cast<int64_t>(*value.floating())) : as_integer(value);
        if (!number)
            raise(Fault::type,
                  {"%", std::string_view(&spec.type, 1), " format: ", wanted, " is required, not ",
                   type_name(value)});
        pad_with_zeros(spec);
        out_ += format_integer(runtime_, *number, spec);
    }

    void floating(const Value& value, FormatSpec spec)
    {
        const auto number = as_number(value);
        if (!number)
            raise(Fault::type, {"must be real number, not ", type_name(value)});
        pad_with_zeros(spec);
        out_ += format_float(runtime_, *number, spec);
    }

    Runtime& runtime_;
    std::string_view format_;
    TextKind kind_;
    const Value& values_;
    size_t at_ = 0;
    size_t used_ = 0; ///< values taken so far
    const Value* named_ = nullptr; ///< what %(name) gave
    bool zero_padded_ = false;
    std::string out_;
};

} // namespace

Value percent_format(Runtime& runtime, const Text& format, const Value& values)
{
    runtime.budget.scan(format.bytes.size());
    return runtime.text(PercentFormatter(runtime, format, values).run(), format.kind);
}

} // namespace rocmforge::jinja
