// The default steps of recurrent layers: scalar, in double precision but for the states.
#include "backend/backend.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace rocmforge {
namespace {

double softplus(double x)
{
    return x > 20 ? x : std::log1p(std::exp(x));
}

double sigmoid(double x)
{
    return 1 / (1 + std::exp(-x));
}

double dot(const float* a, const float* b, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; ++i)
        sum += double(a[i]) * double(b[i]);
    return sum;
}

/// The sequence's state, as it is before its rows of this batch.
float* state_of(const StateSlots& states, const BatchSequence& sequence, int64_t size)
{
    float* state = states.at(sequence.slot);
    if (sequence.n_past == 0)
        std::fill_n(state, size, 0.0f);
    return state;
}

/// One token through the convolution; `inputs` (kernel, width) are its own and those before it.
void convolve(float* y, const float* inputs, const Convolution& c)
{
    for (int64_t i = 0; i < c.width; ++i) {
        double sum = c.bias ? c.bias[i] : 0;
        for (int tap = 0; tap < c.kernel; ++tap)
            sum += double(c.weight[i * c.kernel + tap]) * double(inputs[tap * c.width + i]);
        y[i] = static_cast<float>(c.silu ? sum * sigmoid(sum) : sum);
    }
}

/// One head's state S (head_dim, n_state) takes one token in.
void scan_head(float* y, float* state, const SelectiveScan& scan, int head, const float* x, const float* b,
               const float* c, double dt)
{
    const double step = softplus(dt + (scan.dt_bias ? scan.dt_bias[head] : 0));
    const float* a = scan.a + int64_t{head} * scan.a_width;
    for (int p = 0; p < scan.head_dim; ++p, state += scan.n_state) {
        for (int n = 0; n < scan.n_state; ++n) {
            const double decay = std::exp(step * double(a[scan.a_width == 1 ? 0 : n]));
            state[n] = static_cast<float>(state[n] * decay + step * double(x[p]) * double(b[n]));
        }
        y[p] = static_cast<float>(dot(state, c, scan.n_state) + double(scan.d[head]) * double(x[p]));
    }
}

std::vector<float> scaled_to_unit(const float* x, int64_t n, double factor, double eps)
{
    const double scale = factor / std::max(std::sqrt(dot(x, x, n)), eps);
    std::vector<float> result(x, x + n);
    for (float& value : result)
        value = static_cast<float>(value * scale);
    return result;
}

/// One value head's state S (v_head_dim, k_head_dim) takes one token in.
void delta_head(float* y, float* state, const DeltaRule& rule, const float* q_row, const float* k_row,
                const float* v, double decay, double beta)
{
    const int64_t n = rule.k_head_dim;
    const std::vector<float> q = scaled_to_unit(q_row, n, 1 / std::sqrt(double(n)), rule.eps);
    const std::vector<float> k = scaled_to_unit(k_row, n, 1, rule.eps);
    for (int i = 0; i < rule.v_head_dim; ++i, state += n) {
        const double error = beta * (double(v[i]) - decay * dot(state, k.data(), n));
        for (int64_t j = 0; j < n; ++j)
            state[j] = static_cast<float>(decay * state[j] + error * double(k[static_cast<size_t>(j)]));
        y[i] = static_cast<float>(dot(state, q.data(), n));
    }
}

} // namespace

void Backend::multiply_by(float* x, const float* y, int64_t n)
{
    for (int64_t i = 0; i < n; ++i)
        x[i] *= y[i];
}

void Backend::short_convolution(float* y, const float* x, const StateSlots& states, const Batch& batch,
                                const Convolution& convolution)
{
    const int64_t width = convolution.width;
    for (const BatchSequence& sequence : batch.sequences) {
        float* state = state_of(states, sequence, convolution.state_size());
        std::vector<float> inputs(state, state + convolution.state_size());
        const float* rows = x + sequence.first_row * width;
        inputs.insert(inputs.end(), rows, rows + sequence.n_tokens * width);
        for (int64_t t = 0; t < sequence.n_tokens; ++t)
            convolve(y + (sequence.first_row + t) * width, inputs.data() + t * width, convolution);
        std::copy(inputs.end() - convolution.state_size(), inputs.end(), state);
    }
}

void Backend::selective_scan(float* y, const ScanInputs& in, const StateSlots& states, const Batch& batch,
                             const SelectiveScan& scan)
{
    const int64_t head_dim = scan.head_dim, n_heads = scan.n_heads;
    for (const BatchSequence& sequence : batch.sequences) {
        float* state = state_of(states, sequence, scan.state_size());
        for (int64_t row = sequence.first_row; row < sequence.first_row + sequence.n_tokens; ++row)
            for (int64_t h = 0; h < n_heads; ++h) {
                const int64_t group = h / (n_heads / scan.n_groups) * scan.n_state;
                scan_head(y + (row * n_heads + h) * head_dim, state + h * head_dim * scan.n_state, scan,
                          static_cast<int>(h), in.x + row * in.x_stride + h * head_dim,
                          in.b + row * in.bc_stride + group, in.c + row * in.bc_stride + group,
                          double(in.dt[row * n_heads + h]));
            }
    }
}

void Backend::gated_delta_rule(float* y, const DeltaInputs& in, const StateSlots& states, const Batch& batch,
                               const DeltaRule& rule)
{
    const int64_t k_dim = rule.k_head_dim, v_dim = rule.v_head_dim;
    for (const BatchSequence& sequence : batch.sequences) {
        float* state = state_of(states, sequence, rule.state_size());
        for (int64_t row = sequence.first_row; row < sequence.first_row + sequence.n_tokens; ++row)
            for (int h = 0; h < rule.n_v_heads; ++h) {
                const float* q = in.qkv + row * (2 * rule.k_width() + rule.v_width());
                const float* k = q + rule.k_width();
                const int64_t key = rule.key_head(h) * k_dim, gate = row * rule.n_v_heads + h;
                const double step = softplus(double(in.alpha[gate]) + double(rule.dt_bias[h]));
                delta_head(y + gate * v_dim, state + h * v_dim * k_dim, rule, q + key, k + key,
                           k + rule.k_width() + h * v_dim, std::exp(double(rule.a[h]) * step),
                           sigmoid(double(in.beta[gate])));
            }
    }
}

} // namespace rocmforge
