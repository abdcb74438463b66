#include "backend/self_test/trial.h"

#include <algorithm>
#include <random>
#include <utility>

namespace rocmforge::self_test {
namespace {

constexpr int largest_code = 127;
constexpr int rounding_group = 32;
/// Rows after them repeat: a kernel that mixes rows up is not off by so many.
constexpr int64_t distinct_rows = 13;

} // namespace

std::vector<float> random_values(int64_t n, unsigned seed, float magnitude)
{
    std::mt19937 generator(seed);
    std::uniform_real_distribution<float> uniform(-magnitude, magnitude);
    std::vector<float> values(static_cast<size_t>(n));
    for (float& value : values)
        value = uniform(generator);
    return values;
}

std::span<const std::byte> Matrices::get(Format format, int64_t n_in, int64_t n_out, unsigned seed)
{
    std::vector<std::byte>& bytes = matrices_[{format, n_in, n_out, seed}];
    if (!bytes.empty())
        return bytes;
    const int64_t n_rows = std::min(n_out, distinct_rows);
    const std::vector<float> values = random_values(n_rows * n_in, seed, 0.1f);
    bytes.resize(static_cast<size_t>(format_bytes(format, n_in * n_out)));
    format_info(format).quantize(values.data(), bytes.data(), n_rows * n_in);
    const auto period = static_cast<size_t>(format_bytes(format, n_rows * n_in));
    for (size_t i = period; i < bytes.size(); ++i)
        bytes[i] = bytes[i - period];
    return bytes;
}

float* Trial::put(std::span<const float> values)
{
    if (!status_)
        return nullptr;
    const Result<const float*> memory = backend_.upload_vector(values);
    if (!memory) {
        status_ = std::unexpected(memory.error());
        return nullptr;
    }
    return const_cast<float*>(*memory);
}

float* Trial::random(int64_t n, unsigned seed, float magnitude)
{
    return put(random_values(n, seed, magnitude));
}

float* Trial::whole(int64_t n, unsigned seed)
{
    std::mt19937 generator(seed);
    std::uniform_int_distribution<int> uniform(-largest_code, largest_code);
    std::vector<float> values(static_cast<size_t>(n));
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(i % rounding_group == 0 ? largest_code : uniform(generator));
    return put(values);
}

Weight Trial::matrix(Format format, int64_t n_in, int64_t n_out, unsigned seed)
{
    if (!status_)
        return {};
    const Result<Weight> weight =
        backend_.upload_matrix(format, n_in, n_out, matrices_.get(format, n_in, n_out, seed));
    if (!weight) {
        status_ = std::unexpected(weight.error());
        return {};
    }
    return *weight;
}

void Trial::keep(const float* from, int64_t n)
{
    std::vector<float> values(static_cast<size_t>(n));
    download(values.data(), from, n * 4);
    results_.insert(results_.end(), values.begin(), values.end());
}

void Trial::keep(const int32_t* from, int64_t n)
{
    std::vector<int32_t> values(static_cast<size_t>(n));
    download(values.data(), from, n * 4);
    keep(values);
}

void Trial::keep(std::span<const int32_t> tokens)
{
    for (const int32_t token : tokens)
        results_.push_back(static_cast<float>(token));
}

std::span<const DrawnToken> Trial::check(const Result<std::span<const DrawnToken>>& drawn)
{
    if (!drawn)
        status_ = std::unexpected(drawn.error());
    return drawn.value_or(std::span<const DrawnToken>());
}

void Trial::keep_drawn(const Result<std::span<const DrawnToken>>& drawn)
{
    for (const DrawnToken& token : check(drawn)) {
        keep({&token.token, 1});
        for (const TokenCandidate& candidate : token.candidates) {
            keep({&candidate.token, 1});
            results_.push_back(candidate.kept);
        }
    }
}

void Trial::keep_probabilities(const Result<std::span<const DrawnToken>>& drawn)
{
    for (const DrawnToken& token : check(drawn)) {
        results_.push_back(token.probability);
        for (const TokenCandidate& candidate : token.candidates)
            results_.push_back(candidate.probability);
    }
}

void* Trial::allocate(int64_t bytes)
{
    if (!status_)
        return nullptr;
    const Result<void*> memory = backend_.allocate(bytes);
    if (!memory) {
        status_ = std::unexpected(memory.error());
        return nullptr;
    }
    return *memory;
}

void Trial::download(void* to, const void* from, int64_t bytes)
{
    if (!status_)
        return;
    backend_.download(to, from, bytes);
    status_ = backend_.synchronize();
}

} // namespace rocmforge::self_test
