#include "json_output.h"

#include "comparison.h"
#include "printing.h"
#include "stable_sort.h"
#include "unicode.h"

#include <cmath>
#include <string_view>

namespace rocmforge::jinja {

namespace {

void append_unicode_escape(std::string& out, char32_t unit)
{
    constexpr std::string_view hex = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        out += hex[(unit >> shift) & 0xF];
}

/// Beyond 16 bits as a pair of surrogates.
void append_ascii(std::string& out, char32_t code)
{
    if (code < 0x10000)
        return append_unicode_escape(out, code);
    append_unicode_escape(out, 0xD800 + ((code - 0x10000) >> 10));
    append_unicode_escape(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
}

std::string_view short_escape(char32_t code)
{
    switch (code) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    default:
        return {};
    }
}

class JsonWriter {
public:
    JsonWriter(Runtime& runtime, const JsonStyle& style)
        : runtime_(runtime)
        , style_(style)
    {
    }

    void write(const Value& value)
    {
        const Budget::Level level(runtime_.budget);
        runtime_.budget.step();
        if (const Text* text = value.text())
            string(text->bytes);
        else if (const Sequence* sequence = value.sequence(); sequence && is_array(*sequence))
            array(*sequence);
        else if (const Dict* dict = value.dict())
            object(*dict);
        else
            put(scalar(value));
    }

    std::string take() { return std::move(out_); }

private:
    static bool is_array(const Sequence& sequence)
    {
        return sequence.kind == SequenceKind::list || sequence.kind == SequenceKind::tuple
            || sequence.kind == SequenceKind::group;
    }

    // Paid for as it grows: a small value can hold one list many times over.
    void put(std::string_view text)
    {
        runtime_.budget.allocate(text.size());
        out_ += text;
    }

    void string(std::string_view bytes)
    {
        runtime_.budget.allocate(bytes.size());
        out_ += '"';
        for (size_t at = 0; at < bytes.size();) {
            const Character character = character_at(bytes, at);
            if (const std::string_view escape = short_escape(character.code); !escape.empty())
                out_ += escape;
            else if (character.code < 0x20 || (style_.ensure_ascii && character.code > 0x7E))
                append_ascii(out_, character.code);
            else
                append_utf8(out_, character.code);
            at += character.bytes;
        }
        out_ += '"';
    }

    static std::string number(double value)
    {
        if (std::isnan(value))
            return "NaN";
        if (std::isinf(value))
            return value < 0 ? "-Infinity" : "Infinity";
        return float_repr(value);
    }

    static std::string scalar(const Value& value)
    {
        if (value.is_none())
            return "null";
        if (const bool* boolean = value.boolean())
            return *boolean ? "true" : "false";
        if (const int64_t* integer = value.integer())
            return std::to_string(*integer);
        if (const double* floating = value.floating())
            return number(*floating);
        raise(Fault::type, {"Object of type ", type_name(value), " is not JSON serializable"});
    }

    void line_break()
    {
        if (!style_.indent)
            return;
        put("\n");
        for (int i = 0; i < depth_; ++i)
            put(*style_.indent);
    }

    void separate(bool first)
    {
        if (!first)
            put(style_.item_separator);
        line_break();
    }

    void array(const Sequence& sequence)
    {
        if (sequence.items.empty())
            return put("[]");
        put("[");
        ++depth_;
        for (size_t i = 0; i < sequence.items.size(); ++i) {
            separate(i == 0);
            write(sequence.items[i]);
        }
        --depth_;
        line_break();
        put("]");
    }

    void object(const Dict& dict)
    {
        if (dict.empty())
            return put("{}");
        std::vector<const Dict::Entry*> entries;
        for (const Dict::Entry& entry : dict.entries())
            entries.push_back(&entry);
        if (style_.sort_keys)
            stable_sort(entries, [&](const Dict::Entry* a, const Dict::Entry* b) {
                return less(runtime_.budget, a->key, b->key);
            });
        put("{");
        ++depth_;
        for (size_t i = 0; i < entries.size(); ++i) {
            separate(i == 0);
            key(entries[i]->key);
            put(style_.key_separator);
            write(entries[i]->value);
        }
        --depth_;
        line_break();
        put("}");
    }

    /// Numbers and the like become text.
    void key(const Value& key)
    {
        if (const Text* text = key.text())
            return string(text->bytes);
        if (key.sequence() || key.object() || key.undefined())
            raise(Fault::type, {"keys must be str, int, float, bool or None, not ", type_name(key)});
        string(scalar(key));
    }

    Runtime& runtime_;
    const JsonStyle& style_;
    std::string out_;
    int depth_ = 0;
};

} // namespace

std::string to_json(Runtime& runtime, const Value& value, const JsonStyle& style)
{
    JsonWriter writer(runtime, style);
    writer.write(value);
    return writer.take();
}

} // namespace rocmforge::jinja
