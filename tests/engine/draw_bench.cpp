// Drawing a token from the logits of a large vocabulary, on the first GPU and on the CPU:
//   draw_bench [vocabulary]
// The GPU's time is of tokens drawn one after the other, as decoding draws them: enqueued one ahead, with
// what the host does for each. The CPU's includes the copy of the logits that it would need.
#include "backend/hip/hip_backend.h"
#include "sampling/sampler.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

using namespace rocmforge;

namespace {

constexpr int n_rounds = 500;
constexpr int n_context = 64;

std::vector<float> random_logits(int vocab_size)
{
    std::mt19937 generator(1);
    std::normal_distribution<float> normal(0.0f, 2.5f);
    std::vector<float> logits(static_cast<size_t>(vocab_size));
    std::ranges::generate(logits, [&] { return normal(generator); });
    return logits;
}

/// Median microseconds that `step` takes.
template <typename Step> double median_microseconds(Step step)
{
    std::vector<double> times;
    for (int i = 0; i < n_rounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        step(i);
        times.push_back(
            std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
    }
    std::ranges::nth_element(times, times.begin() + n_rounds / 2);
    return times[n_rounds / 2];
}

struct Case {
    const float* logits; ///< (vocab_size), on the GPU
    int vocab_size;
    const SamplingParameters& sampling;
    int n_candidates;
    const std::vector<int32_t>& context;
};

void enqueue_draw(Backend& backend, const Case& c, int round)
{
    const int32_t token = c.context.back(), row = 0;
    const Draw draw{&c.sampling, std::span(c.context).first(c.context.size() - 1), 7,
                    static_cast<uint64_t>(round), c.n_candidates};
    Batch batch;
    batch.tokens = batch.positions = {&token, 1};
    batch.output_rows = {&row, 1};
    batch.draws = {&draw, 1};
    BatchSequence sequence;
    sequence.n_tokens = 1;
    sequence.n_past = n_context;
    batch.sequences = {&sequence, 1};
    // Recorded and replayed, as passes of one token are.
    if (backend.replay(batch, {.activations = c.logits}))
        return;
    backend.draw(const_cast<float*>(c.logits), batch, c.vocab_size);
    backend.finish();
}

double gpu_microseconds(Backend& backend, const Case& c)
{
    enqueue_draw(backend, c, 0);
    const double time = median_microseconds([&](int i) {
        enqueue_draw(backend, c, i + 1);
        if (const auto drawn = backend.drawn(); !drawn || (*drawn)[0].token < 0)
            std::exit(1);
    });
    (void)backend.drawn();
    return time;
}

double cpu_microseconds(Backend& backend, const Case& c)
{
    Sampler sampler;
    std::vector<float> logits(static_cast<size_t>(c.vocab_size));
    return median_microseconds([&](int i) {
        backend.download(logits.data(), c.logits, static_cast<int64_t>(logits.size() * sizeof(float)));
        if (!backend.synchronize()
            || !sampler.sample_with_candidates(logits, c.context, c.sampling, static_cast<uint64_t>(i),
                                               c.n_candidates))
            std::exit(1);
    });
}

int fail_with(const Error& error)
{
    std::fprintf(stderr, "%s %s\n", error.message.c_str(), error.remedy.c_str());
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    const int vocab_size = argc > 1 ? std::atoi(argv[1]) : 151'936;
    const auto runtime = hip::Runtime::open(hip::library_candidates());
    if (!runtime)
        return fail_with(runtime.error());
    const auto devices = (*runtime)->devices();
    if (devices.empty())
        return fail_with({.message = "There is no GPU."});
    const auto backend = create_hip_backend(**runtime, devices[0]);
    if (!backend)
        return fail_with(backend.error());

    std::vector<int32_t> context(n_context);
    for (int i = 0; i < n_context; ++i)
        context[static_cast<size_t>(i)] = i * 31 % vocab_size;
    const SamplingParameters sampling{
        .repetition_penalty = 1.1f, .presence_penalty = 0.1f, .frequency_penalty = 0.1f};
    std::printf("%s, %d logits, %d rounds\n", (*backend)->name().c_str(), vocab_size, n_rounds);
    SamplingParameters greedy = sampling;
    greedy.temperature = 0;
    struct Setting {
        const char* name;
        const SamplingParameters& sampling;
        int n_candidates;
    };
    for (const auto& [name, own, n_candidates] :
         {Setting{"defaults", sampling, 0}, Setting{"greedy", greedy, 0},
          Setting{"defaults, candidates", sampling, max_token_candidates}}) {
        // Penalties change the GPU's logits, so each measurement has fresh ones.
        const auto logits = (*backend)->upload_vector(random_logits(vocab_size));
        const auto untouched = (*backend)->upload_vector(random_logits(vocab_size));
        if (!logits || !untouched)
            return fail_with(logits ? untouched.error() : logits.error());
        const double gpu = gpu_microseconds(**backend, {*logits, vocab_size, own, n_candidates, context});
        const double cpu = cpu_microseconds(**backend, {*untouched, vocab_size, own, n_candidates, context});
        std::printf("%-20s GPU %8.1f µs, CPU with the copy %8.1f µs: %.1f ×\n", name, gpu, cpu, cpu / gpu);
    }
}
