// Values with behaviour of their own: functions, macros, namespaces, loops, generators.
#pragma once

#include "value.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rocmforge::jinja {

class Budget;
class Runtime;

struct Arguments {
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;
};

/// Belongs to a Runtime. What an object cannot do raises TypeError, as for any other value.
class Object {
public:
    virtual ~Object() = default;

    [[nodiscard]] virtual std::string_view type_name() const = 0;
    [[nodiscard]] virtual std::string repr(Budget& budget);
    [[nodiscard]] virtual std::optional<Value> attribute(Runtime& runtime, std::string_view name);
    [[nodiscard]] virtual bool is_callable() const { return false; }
    [[nodiscard]] virtual Value call(Runtime& runtime, const Arguments& arguments);
    [[nodiscard]] virtual bool is_iterator() const { return false; }
    /// Of an iterator: the next item, which is then gone.
    [[nodiscard]] virtual std::optional<Value> next() { return std::nullopt; }
};

/// The result of filters like `map`: can be walked through once, has no length.
class Generator : public Object {
public:
    explicit Generator(std::vector<Value> items)
        : items_(std::move(items))
    {
    }
    [[nodiscard]] std::string_view type_name() const override { return "generator"; }
    [[nodiscard]] bool is_iterator() const override { return true; }
    [[nodiscard]] std::optional<Value> next() override;

private:
    std::vector<Value> items_;
    size_t next_ = 0;
};

/// A function, or a method together with its object.
class Function : public Object {
public:
    using Body = std::function<Value(Runtime&, const Arguments&)>;

    Function(std::string name, Body body)
        : name_(std::move(name))
        , body_(std::move(body))
    {
    }
    [[nodiscard]] std::string_view type_name() const override { return "builtin_function_or_method"; }
    [[nodiscard]] std::string repr(Budget& budget) override;
    [[nodiscard]] bool is_callable() const override { return true; }
    [[nodiscard]] Value call(Runtime& runtime, const Arguments& arguments) override
    {
        return body_(runtime, arguments);
    }

private:
    std::string name_;
    Body body_;
};

} // namespace rocmforge::jinja
