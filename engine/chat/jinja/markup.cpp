#include "markup.h"

#include "printing.h"

namespace rocmforge::jinja {

namespace {

std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '\'':
            out += "&#39;";
            break;
        case '"':
            out += "&#34;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

Value escape_text(Runtime& runtime, const Value& value)
{
    return value.text() ? escape(runtime, value) : value;
}

} // namespace

bool is_markup(const Value& value)
{
    return value.text() && value.text()->kind == TextKind::markup;
}

Value escape(Runtime& runtime, const Value& value)
{
    return is_markup(value) ? value : runtime.text(escaped(str(runtime.budget, value)), TextKind::markup);
}

Value marked(Runtime& runtime, const Value& value)
{
    if (const Text* text = value.text())
        return runtime.text(text->bytes, TextKind::markup);
    const Sequence* sequence = value.sequence();
    if (!sequence)
        return value;
    std::vector<Value> items;
    items.reserve(sequence->items.size());
    for (const Value& item : sequence->items)
        items.push_back(marked(runtime, item));
    return runtime.sequence({sequence->kind, std::move(items)});
}

Arguments escape(Runtime& runtime, const Arguments& arguments)
{
    Arguments out;
    for (const Value& value : arguments.positional)
        out.positional.push_back(escape_text(runtime, value));
    for (const auto& [name, value] : arguments.named)
        out.named.emplace_back(name, escape_text(runtime, value));
    return out;
}

} // namespace rocmforge::jinja
