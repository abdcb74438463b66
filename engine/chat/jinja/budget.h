// What one rendering may use. Everything that takes time or memory in proportion to what a template
// asks for is paid for here, before it is done.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rocmforge::jinja {

struct Limits {
    int64_t steps = 20'000'000; ///< nodes evaluated and items visited
    int64_t memory = 256 << 20; ///< bytes of values made by one rendering, freed or not
    int64_t output = 64 << 20; ///< bytes of rendered text
    int depth = 800; ///< evaluations inside evaluations
};

/// Raises Fault::steps, memory or recursion when a limit is passed.
class Budget {
public:
    explicit Budget(const Limits& limits)
        : limits_(limits)
    {
    }

    void step(int64_t count = 1);
    /// Reading this many bytes, as in a search or a comparison.
    void scan(size_t bytes) { step(1 + static_cast<int64_t>(bytes / bytes_per_step)); }
    void allocate(size_t bytes);
    /// `count` pieces of `bytes` each; any product is safe to ask for.
    void allocate(size_t count, size_t bytes);
    void write(size_t bytes);

    /// One level of recursion for as long as it lives.
    class Level {
    public:
        explicit Level(Budget& budget);
        ~Level() { --budget_.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        Budget& budget_;
    };

private:
    static constexpr size_t bytes_per_step = 64;

    Limits limits_;
    int depth_ = 0;
};

} // namespace rocmforge::jinja
