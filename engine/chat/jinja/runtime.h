// One rendering: its budget, its objects, its clock. Makes the values that cost memory.
#pragma once

#include "budget.h"
#include "dict.h"
#include "object.h"
#include "value.h"

#include <concepts>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace rocmforge::jinja {

class Runtime {
public:
    Runtime(const Limits& limits, const std::tm& date)
        : budget(limits)
        , now(date)
    {
    }

    [[nodiscard]] Value text(std::string bytes, TextKind kind = TextKind::plain);
    [[nodiscard]] Value text(std::string_view bytes, TextKind kind = TextKind::plain)
    {
        return text(std::string(bytes), kind);
    }
    [[nodiscard]] Value list(std::vector<Value> items);
    [[nodiscard]] Value tuple(std::vector<Value> items);
    [[nodiscard]] Value sequence(Sequence sequence);
    [[nodiscard]] Value dict(Dict dict);
    [[nodiscard]] Value generator(std::vector<Value> items);
    [[nodiscard]] Value function(std::string name, Function::Body body);

    /// The object lives until the rendering ends.
    template <std::derived_from<Object> T, typename... Args> T& create(Args&&... args)
    {
        budget.allocate(sizeof(T));
        auto object = std::make_unique<T>(std::forward<Args>(args)...);
        T& result = *object;
        objects_.push_back(std::move(object));
        return result;
    }

    Budget budget;
    std::tm now; ///< for strftime_now
    int line = 1; ///< of the template, being evaluated

private:
    std::vector<std::unique_ptr<Object>> objects_;
};

} // namespace rocmforge::jinja
