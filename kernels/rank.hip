// The most probable tokens of rows that ask for them, with their probabilities by all logits: the best
// and the sum of exponentials of each slice of the logits, then of all slices. After draw_tokens, which
// tells the least key that is kept, and whose candidates are of no more use.
#include "kernels/candidate_keys.h"

namespace rocmforge::device {

struct SliceMemory {
    CandidateMemory candidates;
    float partial[workgroup_threads / 32]; ///< of each wave
};

/// Of exponentials relative to the slice's best; excluded tokens have none.
DEVICE inline SliceSum sum_exponentials(const SliceKeys& own, float* partial)
{
    float best = excluded;
    for (int i = 0; i < SliceKeys::n; ++i)
        best = own.keys[i] != 0 ? maximum(best, logit_of(own.keys[i])) : best;
    best = workgroup_max(best, partial, workgroup_threads);
    float sum = 0;
    for (int i = 0; i < SliceKeys::n; ++i)
        sum += own.keys[i] != 0 ? exp_of(logit_of(own.keys[i]) - best) : 0;
    return {workgroup_sum(sum, partial, workgroup_threads), best};
}

KERNEL(rank_slices, RankSlicesParameters, workgroup_threads)
{
    auto& memory = local_memory<SliceMemory>();
    const int64_t row = group_y(), slice = row * p.n_slices + group_x();
    const int n = p.rows[row].n_candidates;
    if (n == 0)
        return;
    const SliceKeys own = read_slice(p.logits + row * p.vocab_size, p.vocab_size);
    const SliceSum sum = sum_exponentials(own, memory.partial);
    if (thread_index() == 0)
        p.sums[slice] = sum;
    write_greatest(p.candidates + slice * max_candidates, memory.candidates, own, n);
}

struct RankMemory {
    CandidateMemory candidates;
    CandidateKey by_probability[max_candidates];
    float partial[draw_threads / 32]; ///< of each wave
};

/// Of all logits' exponentials, relative to the best. All threads get it.
DEVICE inline float sum_slices(const SliceSum* sums, int n_slices, float best, float* partial)
{
    float sum = 0;
    for (int i = thread_index(); i < n_slices; i += draw_threads)
        sum += sums[i].sum > 0 ? sums[i].sum * exp_of(sums[i].best - best) : 0;
    return workgroup_sum(sum, partial, draw_threads);
}

KERNEL(rank_candidates, RankParameters, draw_threads)
{
    auto& memory = local_memory<RankMemory>();
    const int64_t row = group_x();
    const int n_wanted = p.rows[row].n_candidates, i = thread_index();
    const int32_t drawn = p.drawn[row];
    Ranking& ranking = p.rankings[row];
    if (n_wanted == 0 || drawn < 0) {
        if (i == 0)
            ranking.n = 0;
        return;
    }
    const int n_keys = p.n_slices * max_candidates;
    collect_candidates(memory.candidates, p.candidates + row * n_keys, n_keys, n_wanted);
    sort_by_probability(memory.by_probability, memory.candidates);
    const float best = logit_of(memory.by_probability[0]);
    const float sum = sum_slices(p.sums + row * p.n_slices, p.n_slices, best, memory.partial);
    if (i < memory.candidates.n) {
        const CandidateKey key = memory.by_probability[i];
        ranking.tokens[i] = token_of(key);
        ranking.probabilities[i] = exp_of(logit_of(key) - best) / sum;
        ranking.kept[i] = key >= p.least[row];
    }
    if (i == 0) {
        ranking.probability = exp_of(p.logits[row * p.vocab_size + drawn] - best) / sum;
        ranking.n = memory.candidates.n;
    }
}

} // namespace rocmforge::device
