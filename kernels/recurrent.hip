// Layers that keep a state of fixed size per sequence. One wave keeps one row of a state in registers and
// takes the sequence's tokens in one after the other: the state is read and written once per step.
#include "kernels/device.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

/// Elements of a state's row that a lane keeps.
constexpr int elements_per_lane = max_state_row / wave_size;

/// A row of a state in registers: element lane + i · wave_size is of[i]; zero beyond its end.
struct StateRow {
    float of[elements_per_lane];

    DEVICE void load(const float* state, int n, bool fresh)
    {
        for (int i = 0; i < elements_per_lane; ++i) {
            const int element = lane_index() + i * wave_size;
            of[i] = !fresh && element < n ? state[element] : 0;
        }
    }
    DEVICE void store(float* state, int n) const
    {
        for (int i = 0; i < elements_per_lane; ++i)
            if (lane_index() + i * wave_size < n)
                state[lane_index() + i * wave_size] = of[i];
    }
    DEVICE float dot(const StateRow& other) const
    {
        float sum = 0;
        for (int i = 0; i < elements_per_lane; ++i)
            sum += of[i] * other.of[i];
        return lanes_sum<wave_size>(sum);
    }
    DEVICE void scale(float factor)
    {
        for (int i = 0; i < elements_per_lane; ++i)
            of[i] *= factor;
    }
};

DEVICE inline float softplus(float x)
{
    return x > 20.0f ? x : log_of_one_plus(exp_of(x));
}

/// Index of this wave among the waves of the grid's first dimension.
DEVICE inline int wave_in_grid()
{
    return group_x() * (workgroup_threads / wave_size) + wave_index();
}

/// The value of channel `channel` at `token` of the sequence, which before its first is in the state.
DEVICE inline float convolution_input(const ConvolutionParameters& p, const StateSequence& sequence,
                                      const float* state, int token, int channel)
{
    if (token >= 0)
        return p.x[static_cast<int64_t>(sequence.first_row + token) * p.width + channel];
    return sequence.n_past == 0 ? 0 : state[static_cast<int64_t>(p.kernel - 1 + token) * p.width + channel];
}

/// One thread per channel.
KERNEL(short_convolution, ConvolutionParameters, workgroup_threads)
{
    const StateSequence sequence = p.sequences[group_y()];
    const int channel = group_x() * workgroup_threads + thread_index();
    if (channel >= p.width)
        return;
    float* state = p.states + sequence.slot * p.state_stride;
    for (int token = 0; token < sequence.n_tokens; ++token) {
        float sum = p.bias ? p.bias[channel] : 0;
        for (int tap = 0; tap < p.kernel; ++tap)
            sum += p.weight[static_cast<int64_t>(channel) * p.kernel + tap]
                * convolution_input(p, sequence, state, token - (p.kernel - 1) + tap, channel);
        p.y[static_cast<int64_t>(sequence.first_row + token) * p.width + channel] =
            p.silu ? sum * sigmoid(sum) : sum;
    }
    // In this order none is overwritten before it is read.
    for (int i = 0; i < p.kernel - 1; ++i)
        state[static_cast<int64_t>(i) * p.width + channel] =
            convolution_input(p, sequence, state, sequence.n_tokens - (p.kernel - 1) + i, channel);
}

/// One wave per row (head, place in the head).
KERNEL(selective_scan, ScanParameters, workgroup_threads)
{
    const StateSequence sequence = p.sequences[group_y()];
    const int row = wave_in_grid();
    if (row >= p.n_heads * p.head_dim)
        return;
    const int head = row / p.head_dim, group = head / (p.n_heads / p.n_groups) * p.n_state;
    float* stored = p.states + sequence.slot * p.state_stride + static_cast<int64_t>(row) * p.n_state;
    StateRow state, a, b, c;
    state.load(stored, p.n_state, sequence.n_past == 0);
    for (int i = 0; i < elements_per_lane; ++i) {
        const int n = minimum(lane_index() + i * wave_size, p.n_state - 1);
        a.of[i] = p.a[head * p.a_width + (p.a_width == 1 ? 0 : n)];
    }
    for (int64_t token = sequence.first_row; token < sequence.first_row + sequence.n_tokens; ++token) {
        const float step = softplus(p.dt[token * p.n_heads + head] + (p.dt_bias ? p.dt_bias[head] : 0));
        const float x = p.x[token * p.x_stride + row];
        b.load(p.b + token * p.bc_stride + group, p.n_state, false);
        c.load(p.c + token * p.bc_stride + group, p.n_state, false);
        for (int i = 0; i < elements_per_lane; ++i)
            state.of[i] = state.of[i] * exp_of(step * a.of[i]) + step * x * b.of[i];
        const float y = state.dot(c) + p.d[head] * x;
        if (lane_index() == 0)
            p.y[token * p.n_heads * p.head_dim + row] = y;
    }
    state.store(stored, p.n_state);
}

DEVICE inline void scale_to_unit(StateRow& row, float factor, float eps)
{
    row.scale(factor / maximum(root(row.dot(row)), eps));
}

/// One wave per row (value head, place in the head).
KERNEL(gated_delta_rule, DeltaParameters, workgroup_threads)
{
    const StateSequence sequence = p.sequences[group_y()];
    const int row = wave_in_grid();
    if (row >= p.n_v_heads * p.v_dim)
        return;
    const int head = row / p.v_dim;
    const int key_head = p.consecutive ? head / (p.n_v_heads / p.n_k_heads) : head % p.n_k_heads;
    const int k_width = p.n_k_heads * p.k_dim, v_width = p.n_v_heads * p.v_dim;
    float* stored = p.states + sequence.slot * p.state_stride + static_cast<int64_t>(row) * p.k_dim;
    StateRow state, q, k;
    state.load(stored, p.k_dim, sequence.n_past == 0);
    for (int64_t token = sequence.first_row; token < sequence.first_row + sequence.n_tokens; ++token) {
        const float* qkv = p.qkv + token * (2 * k_width + v_width);
        const int64_t gate = token * p.n_v_heads + head;
        q.load(qkv + key_head * p.k_dim, p.k_dim, false);
        k.load(qkv + k_width + key_head * p.k_dim, p.k_dim, false);
        scale_to_unit(q, 1.0f / root(static_cast<float>(p.k_dim)), p.eps);
        scale_to_unit(k, 1.0f, p.eps);
        state.scale(exp_of(p.a[head] * softplus(p.alpha[gate] + p.dt_bias[head])));
        const float error = sigmoid(p.beta[gate]) * (qkv[2 * k_width + row] - state.dot(k));
        for (int i = 0; i < elements_per_lane; ++i)
            state.of[i] += error * k.of[i];
        const float y = state.dot(q);
        if (lane_index() == 0)
            p.y[token * v_width + row] = y;
    }
    state.store(stored, p.k_dim);
}

} // namespace rocmforge::device
