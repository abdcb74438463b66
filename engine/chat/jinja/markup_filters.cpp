// Filters that quote text for HTML and URLs.
#include "concat.h"
#include "filters.h"
#include "iteration.h"
#include "markup.h"
#include "printing.h"
#include "search.h"
#include "unicode.h"

#include <algorithm>
#include <array>

namespace rocmforge::jinja {

namespace {

Value escape_filter(Runtime& runtime, const Value& value, const Bound&)
{
    return escape(runtime, value);
}

Value force_escape(Runtime& runtime, const Value& value, const Bound&)
{
    return escape(runtime, runtime.text(str(runtime.budget, value)));
}

Value safe(Runtime& runtime, const Value& value, const Bound&)
{
    return runtime.text(str(runtime.budget, value), TextKind::markup);
}

/// Without <tags> and <!-- comments -->, white space as single spaces.
Value striptags(Runtime& runtime, const Value& value, const Bound&)
{
    const std::string text = str(runtime.budget, value);
    std::string plain;
    for (size_t at = 0; at < text.size();) {
        const bool comment = std::string_view(text).substr(at).starts_with("<!--");
        const size_t end = text[at] != '<' ? npos : find(runtime.budget, text, comment ? "-->" : ">", at);
        if (end == npos)
            plain += text[at++];
        else
            at = end + (comment ? 3 : 1);
    }
    std::string out;
    for (std::string_view rest = strip_left(plain); !rest.empty(); rest = strip_left(rest)) {
        size_t word = 0;
        while (word < rest.size() && !is_space(character_at(rest, word).code))
            word += character_at(rest, word).bytes;
        out += out.empty() ? "" : " ";
        out += rest.substr(0, word);
        rest.remove_prefix(word);
    }
    return runtime.text(std::move(out));
}

std::string percent_encoded(std::string_view text, std::string_view unreserved)
{
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (alphanumeric || unreserved.find(c) != std::string_view::npos)
            out += c;
        else
            ((out += '%') += hex[byte >> 4]) += hex[byte & 15];
    }
    return out;
}

std::string query_encoded(std::string_view text)
{
    std::string out = percent_encoded(text, "_.-~ ");
    std::ranges::replace(out, ' ', '+');
    return out;
}

void append_query(Runtime& runtime, std::string& out, const Value& name, const Value& value)
{
    out += concat({out.empty() ? "" : "&", query_encoded(str(runtime.budget, name)), "=",
                   query_encoded(str(runtime.budget, value))});
}

/// Text as part of a path; a mapping or pairs as a query.
Value urlencode(Runtime& runtime, const Value& value, const Bound&)
{
    std::string out;
    if (value.text() || !is_iterable(value))
        return runtime.text(percent_encoded(str(runtime.budget, value), "_.-~/"));
    if (const Dict* dict = value.dict()) {
        for (const auto& [name, entry] : dict->entries())
            append_query(runtime, out, name, entry);
        return runtime.text(std::move(out));
    }
    for (const Value& item : items_of(runtime, value)) {
        const std::vector<Value> pair = items_of(runtime, item);
        if (pair.size() != 2)
            raise(Fault::value, "urlencode wants pairs");
        append_query(runtime, out, pair[0], pair[1]);
    }
    return runtime.text(std::move(out));
}

Value xmlattr(Runtime& runtime, const Value& value, const Bound& arguments)
{
    if (!value.dict())
        raise(Fault::type, "xmlattr wants a mapping");
    std::string out;
    for (const auto& [name, entry] : value.dict()->entries()) {
        if (entry.is_none() || entry.undefined())
            continue;
        out += concat({out.empty() ? "" : " ", escape(runtime, name).text()->bytes, "=\"",
                       escape(runtime, entry).text()->bytes, "\""});
    }
    return runtime.text(arguments.flag(0, true) && !out.empty() ? " " + out : out);
}

constexpr std::array<Builtin, 7> filters{{
    {{"safe"}, safe},
    {{"escape"}, escape_filter},
    {{"e"}, escape_filter},
    {{"forceescape"}, force_escape},
    {{"striptags"}, striptags},
    {{"urlencode"}, urlencode},
    {{"xmlattr", {"autospace"}}, xmlattr},
}};

} // namespace

std::span<const Builtin> markup_filters()
{
    return filters;
}

} // namespace rocmforge::jinja
