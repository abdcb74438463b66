// The values of a template: Python's types as far as a template can meet them. Immutable and cheap to
// copy: text and containers are shared.
#pragma once

#include "error.h"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rocmforge::jinja {

class Dict;
class Object;
struct Sequence;
struct Text;
struct Undefined;

/// Markup is text marked as safe HTML: see markup.h.
enum class TextKind { plain, markup };

class Value {
public:
    enum class Kind { none, boolean, integer, floating, text, sequence, dict, object, undefined };

    Value() = default; ///< None
    explicit Value(std::same_as<bool> auto value)
        : data_(value)
    {
    }
    template <std::integral T>
        requires(!std::same_as<T, bool>)
    explicit Value(T value)
        : data_(static_cast<int64_t>(value))
    {
    }
    explicit Value(double value)
        : data_(value)
    {
    }
    explicit Value(std::string bytes, TextKind kind = TextKind::plain);
    explicit Value(Sequence sequence);
    explicit Value(Dict dict);
    explicit Value(Undefined undefined);
    /// The object belongs to the Runtime and outlives every value of its rendering.
    explicit Value(Object& object)
        : data_(&object)
    {
    }

    [[nodiscard]] Kind kind() const { return static_cast<Kind>(data_.index()); }
    [[nodiscard]] bool is_none() const { return kind() == Kind::none; }

    // The content, or null where the value is of another kind.
    [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&data_); }
    [[nodiscard]] const int64_t* integer() const { return std::get_if<int64_t>(&data_); }
    [[nodiscard]] const double* floating() const { return std::get_if<double>(&data_); }
    [[nodiscard]] const Text* text() const { return get_shared<Text>(); }
    [[nodiscard]] const Sequence* sequence() const { return get_shared<Sequence>(); }
    [[nodiscard]] const Dict* dict() const { return get_shared<Dict>(); }
    [[nodiscard]] const Undefined* undefined() const { return get_shared<Undefined>(); }
    [[nodiscard]] Object* object() const
    {
        Object* const* object = std::get_if<Object*>(&data_);
        return object ? *object : nullptr;
    }

    /// Containers inside containers: 0 for a scalar, 1 for [] and {}.
    [[nodiscard]] int depth() const;

private:
    template <typename T> [[nodiscard]] const T* get_shared() const
    {
        const auto* shared = std::get_if<std::shared_ptr<const T>>(&data_);
        return shared ? shared->get() : nullptr;
    }

    // In the order of Kind.
    std::variant<std::monostate, bool, int64_t, double, std::shared_ptr<const Text>,
                 std::shared_ptr<const Sequence>, std::shared_ptr<const Dict>, Object*,
                 std::shared_ptr<const Undefined>>
        data_;
};

struct Text {
    std::string bytes; ///< UTF-8
    size_t length = 0; ///< characters
    TextKind kind = TextKind::plain;

    [[nodiscard]] bool is_ascii() const { return length == bytes.size(); }
};

enum class SequenceKind { list, tuple, range, dict_keys, dict_values, dict_items, group };

/// Everything that has a length and an order.
struct Sequence {
    SequenceKind kind = SequenceKind::list;
    std::vector<Value> items;
    std::string label = {}; ///< how a range prints: "range(0, 3)"
    int depth = 1; ///< set when it becomes a Value
};

/// What a missing variable, key or attribute evaluates to. Printing it gives nothing; most other uses
/// raise its fault.
struct Undefined {
    Value name; ///< of the variable, key or attribute
    std::string_view owner = {}; ///< type of the object that lacks it; empty for a variable
    std::string hint = {}; ///< the whole message, where name and owner do not tell it
    Fault fault = Fault::undefined;
};

/// Where containers would nest deeper than this, RecursionError is raised: so that nothing that
/// follows them (printing, comparing, destroying) can overflow the stack.
inline constexpr int max_value_depth = 200;

inline Value list(std::vector<Value> items)
{
    return Value(Sequence{SequenceKind::list, std::move(items)});
}

inline Value tuple(std::vector<Value> items)
{
    return Value(Sequence{SequenceKind::tuple, std::move(items)});
}

/// As Python names it: "int", "str", "NoneType".
[[nodiscard]] std::string_view type_name(const Value& value);
[[nodiscard]] std::string_view type_name(SequenceKind kind);

/// The number of an int or a bool.
[[nodiscard]] std::optional<int64_t> as_integer(const Value& value);
/// The number of an int, a bool or a float.
[[nodiscard]] std::optional<double> as_number(const Value& value);

} // namespace rocmforge::jinja
