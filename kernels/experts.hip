// The choice of experts by a router's logits, one wave per token, and the sum of what they gave.
#include "kernels/device.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

struct RouteMemory {
    float scores[max_experts]; ///< what the weights are made of
    float selection[max_experts]; ///< what experts are chosen by; minus infinity once chosen
    float group_scores[max_experts];
    float weights[max_experts_used];
    int chosen[max_experts_used];
};

struct Candidate {
    float score;
    int index;
};

/// The largest of values[begin … end - 1], the first of equals. All lanes get it.
DEVICE inline Candidate find_largest(const float* values, int begin, int end)
{
    Candidate best{-infinity, end};
    for (int i = begin + lane_index(); i < end; i += wave_size)
        if (values[i] > best.score || best.index == end)
            best = {values[i], i};
    for (int mask = wave_size / 2; mask > 0; mask /= 2) {
        const Candidate other{shuffle_xor(best.score, mask), shuffle_xor(best.index, mask)};
        const bool better =
            other.score > best.score || (other.score == best.score && other.index < best.index);
        best = better ? other : best;
    }
    return best;
}

DEVICE inline void softmax(float* values, int n)
{
    const float largest = find_largest(values, 0, n).score;
    float sum = 0;
    for (int i = lane_index(); i < n; i += wave_size)
        sum += values[i] = exp_of(values[i] - largest);
    sum = lanes_sum<wave_size>(sum);
    for (int i = lane_index(); i < n; i += wave_size)
        values[i] /= sum;
    barrier();
}

DEVICE inline void sigmoids(float* values, int n)
{
    for (int i = lane_index(); i < n; i += wave_size)
        values[i] = sigmoid(values[i]);
    barrier();
}

DEVICE inline void take(float* values, int index, float replacement)
{
    barrier();
    if (lane_index() == 0)
        values[index] = replacement;
    barrier();
}

/// group_scores = the sum of each group's two best; all but the best groups leave the choice.
DEVICE inline void keep_best_groups(RouteMemory& memory, const RouteParameters& p)
{
    const int size = p.n_experts / p.n_groups;
    for (int g = 0; g < p.n_groups; ++g) {
        const int begin = g * size, end = begin + size;
        const Candidate first = find_largest(memory.selection, begin, end);
        take(memory.selection, first.index, -infinity);
        const Candidate second = find_largest(memory.selection, begin, end);
        take(memory.selection, first.index, first.score);
        take(memory.group_scores, g, first.score + (size > 1 ? second.score : 0));
    }
    for (int i = 0; i < p.n_groups_used; ++i)
        take(memory.group_scores, find_largest(memory.group_scores, 0, p.n_groups).index, -infinity);
    // The groups that were taken are the ones to keep.
    for (int e = lane_index(); e < p.n_experts; e += wave_size)
        if (memory.group_scores[e / size] != -infinity)
            memory.selection[e] = -infinity;
    barrier();
}

DEVICE inline void choose(RouteMemory& memory, const RouteParameters& p)
{
    for (int e = lane_index(); e < p.n_experts; e += wave_size)
        memory.selection[e] = memory.scores[e] + (p.selection_bias ? p.selection_bias[e] : 0.0f);
    barrier();
    if (p.n_groups > 1)
        keep_best_groups(memory, p);
    for (int i = 0; i < p.n_used; ++i) {
        const int expert = find_largest(memory.selection, 0, p.n_experts).index;
        take(memory.selection, expert, -infinity);
        if (lane_index() == 0) {
            memory.chosen[i] = expert;
            memory.weights[i] = memory.scores[expert];
        }
    }
    barrier();
}

DEVICE inline void normalize(float* weights, int n)
{
    constexpr float smallest_sum = 6.103515625e-5f; // the smallest normal half
    float sum = 0;
    for (int i = lane_index(); i < n; i += wave_size)
        sum += weights[i];
    sum = maximum(lanes_sum<wave_size>(sum), smallest_sum);
    for (int i = lane_index(); i < n; i += wave_size)
        weights[i] /= sum;
    barrier();
}

KERNEL(moe_route, RouteParameters, 64)
{
    auto& memory = local_memory<RouteMemory>();
    const int64_t token = group_x();
    for (int e = lane_index(); e < p.n_experts; e += wave_size)
        memory.scores[e] = p.logits[token * p.n_experts + e];
    barrier();
    if (p.gating == RouteGating::softmax)
        softmax(memory.scores, p.n_experts);
    if (p.gating == RouteGating::sigmoid)
        sigmoids(memory.scores, p.n_experts);
    choose(memory, p);
    if (p.gating == RouteGating::softmax_of_chosen)
        softmax(memory.weights, p.n_used);
    if (p.gating == RouteGating::sigmoid_of_chosen)
        sigmoids(memory.weights, p.n_used);
    if (p.normalized)
        normalize(memory.weights, p.n_used);
    for (int i = lane_index(); i < p.n_used; i += wave_size) {
        const int expert = memory.chosen[i];
        p.experts[token * p.n_used + i] = expert;
        p.weights[token * p.n_used + i] =
            memory.weights[i] * p.scale * (p.expert_scales ? p.expert_scales[expert] : 1.0f);
    }
}

struct GroupMemory {
    int n_columns[max_matrices];
    int first_column[max_matrices];
    int first_tile[max_matrices];
    int partial[workgroup_threads];
};

/// sums[i] = value(0) + … + value(i - 1)
template <typename Value>
DEVICE inline void sum_before(int (&sums)[max_matrices], int (&partial)[workgroup_threads], Value value)
{
    constexpr int n_own = max_matrices / workgroup_threads;
    const int begin = thread_index() * n_own;
    int own = 0;
    for (int i = begin; i < begin + n_own; ++i)
        own += value(i);
    partial[thread_index()] = own;
    barrier();
    for (int distance = 1; distance < workgroup_threads; distance *= 2) {
        const int before = thread_index() >= distance ? partial[thread_index() - distance] : 0;
        barrier();
        partial[thread_index()] += before;
        barrier();
    }
    int before = partial[thread_index()] - own;
    for (int i = begin; i < begin + n_own; ++i) {
        sums[i] = before;
        before += value(i);
    }
    barrier();
}

DEVICE inline int matrix_of(const GroupParameters& p, int column)
{
    return p.chosen ? p.chosen[column] : column % p.n_choices;
}

DEVICE inline void store_tiles(const GroupMemory& memory, const GroupParameters& p)
{
    for (int matrix = thread_index(); matrix < p.n_choices; matrix += workgroup_threads)
        for (int begin = 0; begin < memory.n_columns[matrix]; begin += p.tile_columns)
            p.tiles[memory.first_tile[matrix] + begin / p.tile_columns] = {
                matrix, memory.first_column[matrix] + begin,
                minimum(p.tile_columns, memory.n_columns[matrix] - begin)};
}

KERNEL(group_columns, GroupParameters, workgroup_threads)
{
    auto& memory = local_memory<GroupMemory>();
    for (int i = thread_index(); i < max_matrices; i += workgroup_threads)
        memory.n_columns[i] = 0;
    for (int i = thread_index(); i < p.n_tiles; i += workgroup_threads)
        p.tiles[i] = {};
    barrier();
    for (int column = thread_index(); column < p.n_columns; column += workgroup_threads)
        local_add(&memory.n_columns[matrix_of(p, column)], 1);
    barrier();
    sum_before(memory.first_column, memory.partial, [&](int i) { return memory.n_columns[i]; });
    sum_before(memory.first_tile, memory.partial,
               [&](int i) { return (memory.n_columns[i] + p.tile_columns - 1) / p.tile_columns; });
    store_tiles(memory, p);
    barrier();
    // Which of its matrix's places a column gets does not matter: each is summed by itself.
    for (int column = thread_index(); column < p.n_columns; column += workgroup_threads)
        p.order[local_add(&memory.first_column[matrix_of(p, column)], 1)] = column;
}

KERNEL(moe_combine, CombineParameters, workgroup_threads)
{
    const int64_t i = static_cast<int64_t>(group_x()) * workgroup_threads + thread_index();
    if (i >= p.n)
        return;
    const int64_t first = i / p.width * p.n_used;
    float sum = 0;
    for (int s = 0; s < p.n_used; ++s)
        sum += p.parts[(first + s) * p.width + i % p.width] * (p.weights ? p.weights[first + s] : 1.0f);
    p.y[i] = sum;
}

} // namespace rocmforge::device
