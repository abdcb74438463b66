// Filters that apply a filter or a test to every item.
#include "access.h"
#include "comparison.h"
#include "filters.h"
#include "iteration.h"
#include "printing.h"
#include "tests.h"

#include <array>
#include <functional>

namespace rocmforge::jinja {

namespace {

/// The arguments behind the first `count`.
Arguments behind(const Arguments& arguments, size_t count)
{
    Arguments rest = arguments;
    rest.positional.erase(rest.positional.begin(),
                          rest.positional.begin() + static_cast<std::ptrdiff_t>(count));
    return rest;
}

const std::string& name_at(const Arguments& arguments, size_t position)
{
    const Text* name = arguments.positional[position].text();
    if (!name)
        raise(Fault::filter_argument, "the name of a filter or test must be text");
    return name->bytes;
}

using Function = std::function<Value(const Value&)>;

Function attribute_function(Runtime& runtime, const Arguments& arguments)
{
    Value path, fallback;
    for (const auto& [name, value] : arguments.named) {
        if (name != "attribute" && name != "default")
            raise(Fault::filter_argument, {"Unexpected keyword argument ", in_quotes(name)});
        (name == "attribute" ? path : fallback) = value;
    }
    return [&runtime, path, fallback](const Value& item) {
        Value value = get_path(runtime, item, path);
        return value.undefined() && !fallback.is_none() ? fallback : value;
    };
}

Function filter_function(Runtime& runtime, const Arguments& arguments)
{
    if (arguments.positional.empty())
        raise(Fault::filter_argument, "map requires a filter argument");
    const std::string& name = name_at(arguments, 0);
    const Builtin* filter = find_filter(name);
    if (!filter)
        raise(Fault::runtime, {"No filter named ", in_quotes(name), "."});
    return [&runtime, filter, rest = behind(arguments, 1)](const Value& item) {
        return call_builtin(runtime, *filter, item, rest);
    };
}

bool has_named(const Arguments& arguments, std::string_view wanted)
{
    for (const auto& [name, value] : arguments.named) {
        if (name == wanted)
            return true;
    }
    return false;
}

Value map(Runtime& runtime, const Value& value, const Bound& bound)
{
    if (!is_true(value))
        return runtime.generator({});
    const Arguments& arguments = bound.all();
    const bool by_attribute = arguments.positional.empty() && has_named(arguments, "attribute");
    const Function function =
        by_attribute ? attribute_function(runtime, arguments) : filter_function(runtime, arguments);
    std::vector<Value> items;
    Cursor cursor(runtime.budget, value);
    while (const auto item = cursor.next())
        items.push_back(function(*item));
    return runtime.generator(std::move(items));
}

/// The test that is named at `position` among the arguments, or truth.
Function test_function(Runtime& runtime, const Arguments& arguments, size_t position)
{
    if (arguments.positional.size() <= position)
        return [](const Value& item) { return Value(is_true(item)); };
    const std::string& name = name_at(arguments, position);
    const Builtin* test = find_test(name);
    if (!test)
        raise(Fault::runtime, {"No test named ", in_quotes(name), "."});
    return [&runtime, test, rest = behind(arguments, position + 1)](const Value& item) {
        return call_builtin(runtime, *test, item, rest);
    };
}

enum class Keep { passing, failing };

Value chosen(Runtime& runtime, const Value& value, Keep keep, const Function& test)
{
    std::vector<Value> items;
    Cursor cursor(runtime.budget, value);
    while (auto item = cursor.next()) {
        if (is_true(test(*item)) == (keep == Keep::passing))
            items.push_back(*std::move(item));
    }
    return runtime.generator(std::move(items));
}

Value chosen_by_test(Runtime& runtime, const Value& value, Keep keep, const Arguments& arguments)
{
    if (!is_true(value)) // None, which could not be iterated, is nothing to choose from
        return runtime.generator({});
    return chosen(runtime, value, keep, test_function(runtime, arguments, 0));
}

Value chosen_by_attribute(Runtime& runtime, const Value& value, Keep keep, const Arguments& arguments)
{
    if (!is_true(value))
        return runtime.generator({});
    if (arguments.positional.empty())
        raise(Fault::filter_argument, "Missing parameter for attribute name");
    const Value& path = arguments.positional.front();
    const Function test = test_function(runtime, arguments, 1);
    return chosen(runtime, value, keep,
                  [&](const Value& item) { return test(get_path(runtime, item, path)); });
}

Value select(Runtime& runtime, const Value& value, const Bound& bound)
{
    return chosen_by_test(runtime, value, Keep::passing, bound.all());
}

Value reject(Runtime& runtime, const Value& value, const Bound& bound)
{
    return chosen_by_test(runtime, value, Keep::failing, bound.all());
}

Value selectattr(Runtime& runtime, const Value& value, const Bound& bound)
{
    return chosen_by_attribute(runtime, value, Keep::passing, bound.all());
}

Value rejectattr(Runtime& runtime, const Value& value, const Bound& bound)
{
    return chosen_by_attribute(runtime, value, Keep::failing, bound.all());
}

constexpr std::array<Builtin, 5> filters{{
    {{"map", {}, 0, true}, map},
    {{"select", {}, 0, true}, select},
    {{"reject", {}, 0, true}, reject},
    {{"selectattr", {}, 0, true}, selectattr},
    {{"rejectattr", {}, 0, true}, rejectattr},
}};

} // namespace

std::span<const Builtin> selection_filters()
{
    return filters;
}

} // namespace rocmforge::jinja
