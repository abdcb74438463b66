#include "backend/cpu/recurrence.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rocmforge::cpu {
namespace {

constexpr int64_t channels_per_task = 256;
/// Rows of a delta net's state that one task advances: a few of them fill the first-level cache.
constexpr int64_t rows_per_task = 32;

float softplus(float x)
{
    return x > 20.0f ? x : std::log1p(std::exp(x));
}

float sigmoid(float x)
{
    return 1.0f / (1.0f + std::exp(-x));
}

int64_t n_tasks(int64_t n, int64_t per_task)
{
    return (n + per_task - 1) / per_task;
}

/// One head of a selective scan over the tokens of a sequence.
void scan_head(float* y, const ScanInputs& in, float* state, const BatchSequence& sequence,
               const SelectiveScan& scan, int64_t head, const Kernels& kernels)
{
    const int64_t n = scan.n_state;
    const int64_t group = head / (scan.n_heads / scan.n_groups) * n;
    ScanRow row{.n = n};
    if (scan.a_width > 1)
        row.a = scan.a + head * n;
    for (int64_t t = sequence.first_row; t < sequence.first_row + sequence.n_tokens; ++t) {
        const float* x = in.x + t * in.x_stride + head * scan.head_dim;
        row.step = softplus(in.dt[t * scan.n_heads + head] + (scan.dt_bias ? scan.dt_bias[head] : 0));
        row.decay = std::exp(row.step * scan.a[head * scan.a_width]);
        row.b = in.b + t * in.bc_stride + group;
        row.c = in.c + t * in.bc_stride + group;
        for (int64_t p = 0; p < scan.head_dim; ++p) {
            row.state = state + p * n;
            row.input = row.step * x[p];
            y[(t * scan.n_heads + head) * scan.head_dim + p] = kernels.scan_row(row) + scan.d[head] * x[p];
        }
    }
}

void scale_to_length(float* y, const float* x, int64_t n, double length, float eps)
{
    const double square = std::inner_product(x, x + n, x, 0.0);
    const auto factor = static_cast<float>(length / std::max(std::sqrt(square), double(eps)));
    std::transform(x, x + n, y, [factor](float value) { return value * factor; });
}

} // namespace

template <typename Task> void Recurrence::for_each_unit(const Batch& batch, int64_t n_units, Task&& task)
{
    const int64_t count = std::ssize(batch.sequences) * n_units;
    pool_.parallel_for(count, pool_.chunk_for(count), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i)
            task(batch.sequences[static_cast<size_t>(i / n_units)], i % n_units);
    });
}

void Recurrence::short_convolution(float* y, const float* x, const StateSlots& states, const Batch& batch,
                                   const Convolution& c)
{
    for_each_unit(batch, n_tasks(c.width, channels_per_task),
                  [&](const BatchSequence& sequence, int64_t unit) {
                      const int64_t first = unit * channels_per_task;
                      const int64_t n = std::min(channels_per_task, c.width - first);
                      float* state = states.at(sequence.slot);
                      for (int64_t row = 0; row < c.kernel - 1 && sequence.n_past == 0; ++row)
                          std::fill_n(state + row * c.width + first, n, 0.0f);
                      const int64_t offset = sequence.first_row * c.width;
                      kernels_.convolve({&c, y + offset, x + offset, state, sequence.n_tokens, first, n});
                  });
}

void Recurrence::selective_scan(float* y, const ScanInputs& in, const StateSlots& states, const Batch& batch,
                                const SelectiveScan& scan)
{
    const int64_t head_size = int64_t{scan.head_dim} * scan.n_state;
    for_each_unit(batch, scan.n_heads, [&](const BatchSequence& sequence, int64_t head) {
        float* state = states.at(sequence.slot) + head * head_size;
        if (sequence.n_past == 0)
            std::fill_n(state, head_size, 0.0f);
        scan_head(y, in, state, sequence, scan, head, kernels_);
    });
}

void Recurrence::prepare(const DeltaRows& rows, const DeltaInputs& in, const DeltaRule& rule,
                         int64_t row) const
{
    const int64_t k_dim = rule.k_head_dim, width = rule.k_width();
    const float* q = in.qkv + row * (2 * width + rule.v_width());
    for (int64_t i = 0; i < width; i += k_dim) {
        scale_to_length(rows.q + row * width + i, q + i, k_dim, 1 / std::sqrt(double(k_dim)), rule.eps);
        scale_to_length(rows.k + row * width + i, q + width + i, k_dim, 1, rule.eps);
    }
    for (int64_t h = 0; h < rule.n_v_heads; ++h) {
        const int64_t i = row * rule.n_v_heads + h;
        rows.decay[i] = std::exp(rule.a[h] * softplus(in.alpha[i] + rule.dt_bias[h]));
        rows.beta[i] = sigmoid(in.beta[i]);
    }
}

Result<Recurrence::DeltaRows> Recurrence::reserve(int64_t n_tokens, const DeltaRule& rule)
{
    const int64_t k_size = n_tokens * rule.k_width(), n_gates = n_tokens * rule.n_v_heads;
    TRY(std::byte * memory, scratch_.reserve(2 * (k_size + n_gates) * int64_t{sizeof(float)}));
    auto* q = reinterpret_cast<float*>(memory);
    float* decay = q + 2 * k_size;
    return DeltaRows{q, q + k_size, decay, decay + n_gates};
}

Status Recurrence::gated_delta_rule(float* y, const DeltaInputs& in, const StateSlots& states,
                                    const Batch& batch, const DeltaRule& rule)
{
    TRY(const DeltaRows rows, reserve(batch.n_tokens(), rule));
    pool_.parallel_for(batch.n_tokens(), pool_.chunk_for(batch.n_tokens()),
                       [&](int64_t begin, int64_t end, int) {
                           for (int64_t row = begin; row < end; ++row)
                               prepare(rows, in, rule, row);
                       });
    const int64_t v_dim = rule.v_head_dim, tasks_per_head = n_tasks(v_dim, rows_per_task);
    for_each_unit(batch, rule.n_v_heads * tasks_per_head, [&](const BatchSequence& sequence, int64_t unit) {
        const int64_t first = unit % tasks_per_head * rows_per_task;
        const DeltaPart part{static_cast<int>(unit / tasks_per_head), first,
                             std::min(v_dim, first + rows_per_task)};
        advance(y, in, rows, states.at(sequence.slot), sequence, rule, part);
    });
    return {};
}

void Recurrence::advance(float* y, const DeltaInputs& in, const DeltaRows& rows, float* state,
                         const BatchSequence& sequence, const DeltaRule& rule, const DeltaPart& part) const
{
    const int64_t v_dim = rule.v_head_dim, k_dim = rule.k_head_dim, k_width = rule.k_width();
    const int64_t key = rule.key_head(part.head) * k_dim;
    float* head = state + part.head * v_dim * k_dim;
    if (sequence.n_past == 0)
        std::fill(head + part.first * k_dim, head + part.end * k_dim, 0.0f);
    for (int64_t t = sequence.first_row; t < sequence.first_row + sequence.n_tokens; ++t) {
        const float* v = in.qkv + t * (2 * k_width + rule.v_width()) + 2 * k_width + part.head * v_dim;
        const int64_t gate = t * rule.n_v_heads + part.head;
        DeltaRow row{.q = rows.q + t * k_width + key,
                     .k = rows.k + t * k_width + key,
                     .decay = rows.decay[gate],
                     .beta = rows.beta[gate],
                     .n = k_dim};
        for (int64_t i = part.first; i < part.end; ++i) {
            row.state = head + i * k_dim;
            row.v = v[i];
            y[gate * v_dim + i] = kernels_.delta_row(row);
        }
    }
}

} // namespace rocmforge::cpu
