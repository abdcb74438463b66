// The `loop` variable inside a for loop.
#pragma once

#include "runtime.h"
#include "value.h"

#include <deque>
#include <functional>
#include <optional>
#include <string_view>

namespace rocmforge::jinja {

/// The next item of a loop, as long as there is one.
using ItemSource = std::function<std::optional<Value>()>;

/// Takes items from its source only when they are needed: when the loop moves on, or when the template
/// asks what comes next.
class Loop : public Object {
public:
    /// Runs the loop's body over other items; empty for a loop that is not recursive.
    using Recursion = std::function<Value(const Value& iterable)>;

    Loop(ItemSource source, int depth, Recursion recursion)
        : source_(std::move(source))
        , depth_(depth)
        , recursion_(std::move(recursion))
    {
    }

    /// Moves to the next item and returns it.
    [[nodiscard]] std::optional<Value> advance();
    /// The loop is over: there is nothing further to take from the source.
    void finish();

    [[nodiscard]] std::string_view type_name() const override { return "LoopContext"; }
    [[nodiscard]] std::string repr(Budget& budget) override;
    [[nodiscard]] std::optional<Value> attribute(Runtime& runtime, std::string_view name) override;
    [[nodiscard]] bool is_callable() const override { return true; }
    [[nodiscard]] Value call(Runtime& runtime, const Arguments& arguments) override;

private:
    [[nodiscard]] int64_t length();
    [[nodiscard]] const Value* following();
    [[nodiscard]] Value cycle(const Arguments& arguments) const;
    [[nodiscard]] Value changed(Runtime& runtime, const Arguments& arguments);

    ItemSource source_;
    int depth_; ///< 0 for the outermost run of a recursive loop
    Recursion recursion_;
    int64_t index_ = -1;
    std::optional<Value> previous_;
    std::optional<Value> current_;
    std::deque<Value> ahead_; ///< taken from the source too early
    std::optional<Value> last_checked_; ///< by changed()
};

} // namespace rocmforge::jinja
