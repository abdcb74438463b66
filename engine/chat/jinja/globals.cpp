#include "globals.h"

#include "builtin.h"
#include "comparison.h"
#include "date_format.h"
#include "iteration.h"
#include "namespace.h"
#include "printing.h"

#include <array>

namespace rocmforge::jinja {

namespace {

constexpr int64_t max_range = 100'000; // items, as in Jinja's sandbox

/// How many items range(start, stop, step) has.
int64_t range_length(int64_t start, int64_t stop, int64_t step)
{
    if (step == 0)
        raise(Fault::value, "range() arg 3 must not be zero");
    if (step > 0 ? start >= stop : start <= stop)
        return 0;
    const auto distance = step > 0 ? static_cast<uint64_t>(stop) - static_cast<uint64_t>(start)
                                   : static_cast<uint64_t>(start) - static_cast<uint64_t>(stop);
    const uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : 0 - static_cast<uint64_t>(step);
    const uint64_t length = (distance - 1) / stride + 1;
    if (length > static_cast<uint64_t>(max_range))
        raise(Fault::overflow, "Range too big. The sandbox blocks ranges larger than MAX_RANGE (100000).");
    return static_cast<int64_t>(length);
}

Value range(Runtime& runtime, const Value&, const Bound& arguments)
{
    const int64_t start = arguments[1] ? arguments.integer(0, 0) : 0;
    const int64_t stop = arguments[1] ? arguments.integer(1, 0) : arguments.integer(0, 0);
    const int64_t step = arguments.integer(2, 1);
    const int64_t length = range_length(start, stop, step);
    Sequence sequence{SequenceKind::range, {}};
    sequence.items.reserve(static_cast<size_t>(length));
    for (int64_t i = 0; i < length; ++i)
        sequence.items.push_back(Value(start + i * step));
    sequence.label = "range(" + std::to_string(start) + ", " + std::to_string(stop)
        + (step == 1 ? ")" : ", " + std::to_string(step) + ")");
    return runtime.sequence(std::move(sequence));
}

void insert_pair(Runtime& runtime, Dict& dict, const Value& pair)
{
    if (!is_iterable(pair))
        raise(Fault::type, "cannot convert dictionary update sequence element to a sequence");
    const std::vector<Value> items = items_of(runtime, pair);
    if (items.size() != 2)
        raise(Fault::value,
              {"dictionary update sequence element has length ", std::to_string(items.size()),
               "; 2 is required"});
    dict.set(runtime.budget, items[0], items[1]);
}

/// A mapping or pairs, then named values.
Dict dict_from(Runtime& runtime, const Arguments& arguments)
{
    Dict dict;
    if (arguments.positional.size() > 1)
        raise(Fault::type,
              {"dict expected at most 1 argument, got ", std::to_string(arguments.positional.size())});
    if (!arguments.positional.empty()) {
        const Value& source = arguments.positional.front();
        if (source.dict())
            dict = *source.dict();
        else
            for (const Value& pair : items_of(runtime, source))
                insert_pair(runtime, dict, pair);
    }
    for (const auto& [name, value] : arguments.named)
        dict.set(name, value);
    return dict;
}

Value dict(Runtime& runtime, const Value&, const Bound& arguments)
{
    return runtime.dict(dict_from(runtime, arguments.all()));
}

Value make_namespace(Runtime& runtime, const Value&, const Bound& arguments)
{
    return Value(runtime.create<Namespace>(dict_from(runtime, arguments.all())));
}

class Joiner : public Object {
public:
    explicit Joiner(Value separator)
        : separator_(std::move(separator))
    {
    }
    [[nodiscard]] std::string_view type_name() const override { return "Joiner"; }
    [[nodiscard]] bool is_callable() const override { return true; }
    /// Nothing the first time, the separator from then on.
    [[nodiscard]] Value call(Runtime&, const Arguments&) override
    {
        return std::exchange(used_, true) ? separator_ : Value(std::string());
    }

private:
    Value separator_;
    bool used_ = false;
};

class Cycler : public Object {
public:
    explicit Cycler(std::vector<Value> items)
        : items_(std::move(items))
    {
    }
    [[nodiscard]] std::string_view type_name() const override { return "Cycler"; }
    [[nodiscard]] std::optional<Value> attribute(Runtime& runtime, std::string_view name) override
    {
        if (name == "current")
            return items_[position_];
        if (name == "next")
            return runtime.function("next", [this](Runtime&, const Arguments&) { return advance(); });
        if (name == "reset")
            return runtime.function("reset", [this](Runtime&, const Arguments&) {
                position_ = 0;
                return Value();
            });
        return std::nullopt;
    }

private:
    Value advance()
    {
        Value current = items_[position_];
        position_ = (position_ + 1) % items_.size();
        return current;
    }

    std::vector<Value> items_;
    size_t position_ = 0;
};

Value make_joiner(Runtime& runtime, const Value&, const Bound& arguments)
{
    return Value(runtime.create<Joiner>(arguments.value(0, Value(std::string(", ")))));
}

Value make_cycler(Runtime& runtime, const Value&, const Bound& arguments)
{
    if (arguments.all().positional.empty())
        raise(Fault::runtime, "at least one item has to be provided");
    return Value(runtime.create<Cycler>(arguments.all().positional));
}

Value raise_exception(Runtime& runtime, const Value&, const Bound& arguments)
{
    raise(Fault::raised, str(runtime.budget, *arguments[0]));
}

Value strftime_now(Runtime& runtime, const Value&, const Bound& arguments)
{
    const std::string& format = arguments.text(0).bytes;
    runtime.budget.scan(format.size());
    return runtime.text(format_date(runtime.now, format));
}

constexpr std::array<Builtin, 7> functions{{
    {{"range", {"start", "stop", "step"}, 1}, range},
    {{"dict", {}, 0, true}, dict},
    {{"namespace", {}, 0, true}, make_namespace},
    {{"joiner", {"sep"}}, make_joiner},
    {{"cycler", {}, 0, true}, make_cycler},
    {{"raise_exception", {"message"}, 1}, raise_exception},
    {{"strftime_now", {"format"}, 1}, strftime_now},
}};

} // namespace

std::optional<Value> global_function(Runtime& runtime, std::string_view name)
{
    const Builtin* function = find_builtin(functions, name);
    if (!function)
        return std::nullopt;
    return runtime.function(std::string(name), [function](Runtime& r, const Arguments& arguments) {
        return call_builtin(r, *function, Value(), arguments);
    });
}

} // namespace rocmforge::jinja
