// One side of a comparison: a backend, the data that a check gives it, and the results. After an error
// nothing more is run; memory that could not be had is null.
#pragma once

#include "backend/backend.h"

#include <map>
#include <span>
#include <tuple>
#include <vector>

namespace rocmforge::self_test {

/// Random weights in every format. Rounding to some formats takes long, so both sides and all checks
/// share them.
class Matrices {
public:
    /// n_out rows; stays where it is.
    [[nodiscard]] std::span<const std::byte> get(Format format, int64_t n_in, int64_t n_out, unsigned seed);

private:
    using Key = std::tuple<Format, int64_t, int64_t, unsigned>;
    std::map<Key, std::vector<std::byte>> matrices_;
};

class Trial {
public:
    /// Both outlive it.
    Trial(Backend& backend, Matrices& matrices)
        : backend_(backend)
        , matrices_(matrices)
    {
    }

    /// Backend memory with these values.
    float* put(std::span<const float> values);
    /// n numbers, uniform in ± magnitude: the same for the same seed on every side.
    float* random(int64_t n, unsigned seed, float magnitude = 1);
    /// Whole numbers up to ± 127, which every 32 contain: rounding activations to 8 bits loses nothing.
    float* whole(int64_t n, unsigned seed);
    [[nodiscard]] Weight matrix(Format format, int64_t n_in, int64_t n_out, unsigned seed);
    /// Zeroed.
    template <typename T = float> T* zeros(int64_t n)
    {
        return static_cast<T*>(allocate(n * static_cast<int64_t>(sizeof(T))));
    }

    /// Calls step(backend) unless something failed before.
    template <typename Step> void run(Step step)
    {
        if (status_)
            step(backend_);
    }

    /// Waits, and adds what is at `from` to the results.
    void keep(const float* from, int64_t n);
    void keep(const int32_t* from, int64_t n);
    /// The same of tokens that are on the host.
    void keep(std::span<const int32_t> tokens);
    /// The tokens and candidates of Backend::drawn().
    void keep_drawn(const Result<std::span<const DrawnToken>>& drawn);
    /// Their probabilities.
    void keep_probabilities(const Result<std::span<const DrawnToken>>& drawn);

    [[nodiscard]] const Status& status() const { return status_; }
    [[nodiscard]] const std::vector<float>& results() const { return results_; }

private:
    [[nodiscard]] std::span<const DrawnToken> check(const Result<std::span<const DrawnToken>>& drawn);
    void* allocate(int64_t bytes);
    void download(void* to, const void* from, int64_t bytes);

    Backend& backend_;
    Matrices& matrices_;
    Status status_;
    std::vector<float> results_;
};

/// Values of Trial::random().
[[nodiscard]] std::vector<float> random_values(int64_t n, unsigned seed, float magnitude);

} // namespace rocmforge::self_test
