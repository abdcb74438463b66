// What is built into the language: filters, tests and methods, all of one shape.
#pragma once

#include "runtime.h"
#include "value.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace rocmforge::jinja {

struct Signature {
    static constexpr size_t max_parameters = 5;

    std::string_view name;
    std::array<std::string_view, max_parameters> parameters = {};
    size_t required = 0; ///< so many of them must be given
    bool variadic = false; ///< takes any further arguments
};

/// The arguments of a call, matched with the parameters of a signature. TypeError where they do not
/// match. Refers to the Arguments it was made from.
class Bound {
public:
    Bound(const Signature& signature, const Arguments& arguments);

    [[nodiscard]] const Arguments& all() const { return *all_; }
    /// Null when not given.
    [[nodiscard]] const Value* operator[](size_t parameter) const { return values_[parameter]; }
    [[nodiscard]] Value value(size_t parameter, const Value& fallback = Value()) const;
    [[nodiscard]] bool flag(size_t parameter, bool fallback) const;
    /// TypeError where the argument is not a number without fraction.
    [[nodiscard]] int64_t integer(size_t parameter, int64_t fallback) const;
    /// TypeError where the argument is not text.
    [[nodiscard]] const Text& text(size_t parameter) const;
    /// None for None too.
    [[nodiscard]] const Text* optional_text(size_t parameter) const;

private:
    void bind_named(const Signature& signature, const std::string& name, const Value& value);

    const Arguments* all_;
    std::array<const Value*, Signature::max_parameters> values_ = {};
};

struct Builtin {
    Signature signature;
    Value (*body)(Runtime& runtime, const Value& subject, const Bound& arguments);
};

/// Null when there is none of that name.
[[nodiscard]] const Builtin* find_builtin(std::span<const Builtin> table, std::string_view name);
[[nodiscard]] Value call_builtin(Runtime& runtime, const Builtin& builtin, const Value& subject,
                                 const Arguments& arguments);

} // namespace rocmforge::jinja
