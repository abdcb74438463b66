#include "access.h"
#include "comparison.h"
#include "number_format.h"
#include "printing.h"
#include "string_format.h"

#include <algorithm>
#include <charconv>

namespace rocmforge::jinja {

namespace {

class BraceFormatter {
public:
    BraceFormatter(Runtime& runtime, const Arguments& arguments)
        : runtime_(runtime)
        , arguments_(arguments)
    {
    }

    /// `depth` counts the specifications that may still hold fields of their own.
    std::string expand(std::string_view format, int depth)
    {
        if (depth < 0)
            raise(Fault::value, "Max string recursion exceeded");
        std::string out;
        for (size_t at = 0; at < format.size();) {
            const char c = format[at];
            const bool doubled = at + 1 < format.size() && format[at + 1] == c;
            if (c == '{' && !doubled) {
                const size_t end = field_end(format, at + 1);
                out += field(format.substr(at + 1, end - at - 1), depth);
                at = end + 1;
            } else {
                if (c == '}' && !doubled)
                    raise(Fault::value, "Single '}' encountered in format string");
                out += c;
                at += c == '{' || c == '}' ? 2 : 1;
            }
        }
        return out;
    }

private:
    static size_t field_end(std::string_view format, size_t at)
    {
        if (at == format.size())
            raise(Fault::value, "Single '{' encountered in format string");
        int open = 1;
        for (; at < format.size(); ++at) {
            open += format[at] == '{' ? 1 : format[at] == '}' ? -1 : 0;
            if (open == 0)
                return at;
        }
        raise(Fault::value, "expected '}' before end of string");
    }

    /// name!conversion:specification
    std::string field(std::string_view text, int depth)
    {
        const size_t name_end = std::min(text.find_first_of("!:"), text.size());
        Value value = lookup(text.substr(0, name_end));
        std::string_view rest = text.substr(name_end);
        if (rest.starts_with('!')) {
            value = converted(value, rest.size() > 1 ? rest[1] : '\0');
            rest.remove_prefix(std::min<size_t>(rest.size(), 2));
        }
        if (!rest.empty() && !rest.starts_with(':'))
            raise(Fault::value, "expected ':' after conversion specifier");
        const std::string spec = rest.empty() ? std::string() : expand(rest.substr(1), depth - 1);
        std::string out = format_value(runtime_, value, parse_format_spec(spec));
        runtime_.budget.allocate(out.size());
        return out;
    }

    Value converted(const Value& value, char conversion)
    {
        switch (conversion) {
        case 's':
            return runtime_.text(str(runtime_.budget, value));
        case 'r':
        case 'a':
            return runtime_.text(repr(runtime_.budget, value));
        default:
            raise(Fault::value, "Unknown conversion specifier");
        }
    }

    /// A path such as 0.name[key], starting at an argument.
    Value lookup(std::string_view path)
    {
        size_t at = std::min(path.find_first_of(".["), path.size());
        Value value = argument(path.substr(0, at));
        while (at < path.size()) {
            const bool subscript = path[at] == '[';
            const size_t end =
                subscript ? path.find(']', at) : std::min(path.find_first_of(".[", at + 1), path.size());
            if (end == std::string_view::npos)
                raise(Fault::value, "Missing ']' in format string");
            const std::string_view part = path.substr(at + 1, end - at - 1);
            value = subscript ? get_item(runtime_, value, key(part)) : get_attribute(runtime_, value, part);
            at = subscript ? end + 1 : end;
        }
        return value;
    }

    static std::optional<int64_t> index(std::string_view text)
    {
        int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        return error == std::errc() && end == text.data() + text.size() && number >= 0 ? std::optional(number)
                                                                                       : std::nullopt;
    }

    static Value key(std::string_view text)
    {
        const auto number = index(text);
        return number ? Value(*number) : Value(std::string(text));
    }

    Value argument(std::string_view name)
    {
        if (name.empty())
            return positional(next_++);
        if (const auto number = index(name))
            return positional(*number);
        const auto found = std::ranges::find(arguments_.named, name, &std::pair<std::string, Value>::first);
        if (found == arguments_.named.end())
            raise(Fault::key, in_quotes(name));
        return found->second;
    }

    Value positional(int64_t number)
    {
        if (static_cast<size_t>(number) >= arguments_.positional.size())
            raise(Fault::index, "tuple index out of range");
        return arguments_.positional[static_cast<size_t>(number)];
    }

    Runtime& runtime_;
    const Arguments& arguments_;
    int64_t next_ = 0; ///< the argument that the next {} takes
};

} // namespace

Value brace_format(Runtime& runtime, const Text& format, const Arguments& arguments)
{
    runtime.budget.scan(format.bytes.size());
    return runtime.text(BraceFormatter(runtime, arguments).expand(format.bytes, 2));
}

} // namespace rocmforge::jinja
