#include "loop.h"

#include "comparison.h"
#include "concat.h"

#include <utility>

namespace rocmforge::jinja {

namespace {

Value none_there(std::string_view hint)
{
    return Value(Undefined{{}, {}, std::string(hint)});
}

} // namespace

std::optional<Value> Loop::advance()
{
    auto next = following();
    if (!next)
        return std::nullopt;
    previous_ = std::exchange(current_, *next);
    ahead_.pop_front();
    ++index_;
    return current_;
}

void Loop::finish()
{
    source_ = {};
    recursion_ = {};
}

const Value* Loop::following()
{
    if (ahead_.empty() && source_) {
        if (auto item = source_())
            ahead_.push_back(*std::move(item));
        else
            source_ = {};
    }
    return ahead_.empty() ? nullptr : &ahead_.front();
}

int64_t Loop::length()
{
    while (source_) {
        auto item = source_();
        if (!item)
            source_ = {};
        else
            ahead_.push_back(*std::move(item));
    }
    return index_ + 1 + static_cast<int64_t>(ahead_.size());
}

std::string Loop::repr(Budget&)
{
    return concat({"<LoopContext ", std::to_string(index_ + 1), "/", std::to_string(length()), ">"});
}

std::optional<Value> Loop::attribute(Runtime& runtime, std::string_view name)
{
    if (name == "index0")
        return Value(index_);
    if (name == "index")
        return Value(index_ + 1);
    if (name == "first")
        return Value(index_ == 0);
    if (name == "last")
        return Value(following() == nullptr);
    if (name == "length")
        return Value(length());
    if (name == "revindex")
        return Value(length() - index_);
    if (name == "revindex0")
        return Value(length() - index_ - 1);
    if (name == "depth")
        return Value(depth_ + 1);
    if (name == "depth0")
        return Value(depth_);
    if (name == "previtem")
        return previous_ ? *previous_ : none_there("there is no previous item");
    if (name == "nextitem")
        return following() ? *following() : none_there("there is no next item");
    if (name == "cycle")
        return runtime.function("cycle",
                                [this](Runtime&, const Arguments& arguments) { return cycle(arguments); });
    if (name == "changed")
        return runtime.function(
            "changed", [this](Runtime& r, const Arguments& arguments) { return changed(r, arguments); });
    return std::nullopt;
}

Value Loop::cycle(const Arguments& arguments) const
{
    if (arguments.positional.empty())
        raise(Fault::type, "no items for cycling given");
    return arguments.positional[static_cast<size_t>(index_) % arguments.positional.size()];
}

Value Loop::changed(Runtime& runtime, const Arguments& arguments)
{
    Value values = runtime.tuple(arguments.positional);
    const bool same = last_checked_ && equals(runtime.budget, *last_checked_, values);
    last_checked_ = std::move(values);
    return Value(!same);
}

Value Loop::call(Runtime&, const Arguments& arguments)
{
    if (!recursion_)
        raise(Fault::type, "The loop must have the 'recursive' marker to be called recursively.");
    if (arguments.positional.size() != 1)
        raise(Fault::type, "loop() takes exactly one iterable");
    return recursion_(arguments.positional.front());
}

} // namespace rocmforge::jinja
