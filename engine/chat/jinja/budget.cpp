#include "budget.h"

#include "error.h"

namespace rocmforge::jinja {

void Budget::step(int64_t count)
{
    limits_.steps -= count;
    if (limits_.steps < 0)
        raise(Fault::steps, "the template does too much work");
}

void Budget::allocate(size_t bytes)
{
    allocate(1, bytes);
}

void Budget::allocate(size_t count, size_t bytes)
{
    const auto left = static_cast<size_t>(limits_.memory);
    if (bytes != 0 && count > left / bytes)
        raise(Fault::memory, "the template makes too much text or too many values");
    limits_.memory -= static_cast<int64_t>(count * bytes);
}

void Budget::write(size_t bytes)
{
    if (bytes > static_cast<size_t>(limits_.output))
        raise(Fault::memory, "the template writes too much text");
    limits_.output -= static_cast<int64_t>(bytes);
}

Budget::Level::Level(Budget& budget)
    : budget_(budget)
{
    if (budget.depth_ >= budget.limits_.depth)
        raise(Fault::recursion, "maximum recursion depth exceeded");
    ++budget.depth_;
}

} // namespace rocmforge::jinja
