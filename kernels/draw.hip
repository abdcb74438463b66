// The next token: penalties, top-k, top-p, min-p, temperature and the draw, as the engine's sampler does
// them, in two launches: penalties and, for rows with a small top-k, the best of each slice of the logits;
// then the draw, from these or, by one workgroup, from all logits. Weights are summed as whole numbers or in
// the order of tokens, so that the same logits give the same token every time.
#include "kernels/candidate_keys.h"
#include "kernels/philox.h"

namespace rocmforge::device {

/// Probabilities relative to the best as whole numbers.
constexpr float weight_one = 1099511627776.0f; // 2^40: a million of them fit

DEVICE inline bool is_narrow(const DrawRow& row)
{
    return row.temperature == 0 || (row.top_k > 0 && row.top_k <= max_candidates);
}

DEVICE inline int n_kept(const DrawRow& row)
{
    return row.temperature == 0 ? 1 : row.top_k;
}

KERNEL(resolve_tokens, ResolveParameters, workgroup_threads)
{
    const int i = group_x() * workgroup_threads + thread_index();
    if (i < p.n && p.tokens[i] < 0)
        p.tokens[i] = maximum(p.drawn[-1 - p.tokens[i]], 0); // after a failed draw any will do
}

struct SliceDrawMemory {
    CandidateMemory candidates;
    uint32_t occurrences[draw_slice]; ///< of the slice's tokens in the window
};

/// Penalizes the slice's tokens that are looked back upon, each by the thread that reads its logit later.
DEVICE inline void penalize_slice(uint32_t (&occurrences)[draw_slice], const DrawParameters& p,
                                  const DrawRow& row, float* logits, int first)
{
    for (int i = thread_index(); i < draw_slice; i += workgroup_threads)
        occurrences[i] = 0;
    barrier();
    const int32_t* window = p.windows + row.window;
    for (int i = thread_index(); i <= row.n_window; i += workgroup_threads) {
        const int place = (i == row.n_window ? p.tokens[row.row] : window[i]) - first;
        if (place >= 0 && place < draw_slice)
            local_add(&occurrences[place], 1u);
    }
    barrier();
    for (int i = thread_index(); i < draw_slice; i += workgroup_threads) {
        if (occurrences[i] == 0)
            continue;
        const float logit = logits[first + i];
        logits[first + i] = (logit > 0 ? logit / row.repetition_penalty : logit * row.repetition_penalty)
            - row.presence_penalty - row.frequency_penalty * static_cast<float>(occurrences[i]);
    }
}

KERNEL(draw_candidates, DrawParameters, workgroup_threads)
{
    auto& memory = local_memory<SliceDrawMemory>();
    const DrawRow row = p.rows[group_y()];
    float* logits = p.logits + static_cast<int64_t>(group_y()) * p.vocab_size;
    const int first = group_x() * draw_slice;
    if (row.n_window >= 0)
        penalize_slice(memory.occurrences, p, row, logits, first);
    if (!is_narrow(row))
        return;
    CandidateKey* to =
        p.candidates + (static_cast<int64_t>(group_y()) * p.n_slices + group_x()) * max_candidates;
    write_greatest(to, memory.candidates, read_slice(logits, p.vocab_size), n_kept(row));
}

struct SortedMemory {
    CandidateKey by_probability[max_candidates];
    float probabilities[max_candidates];
    int by_token[max_candidates]; ///< ranks by probability
    float weights[max_candidates]; ///< in the order of tokens
    int n_kept;
};

struct NarrowMemory {
    CandidateMemory candidates;
    SortedMemory sorted;
};

/// Ranks of the candidates by both orders: each thread counts what comes before its own.
DEVICE inline void sort_candidates(const CandidateMemory& memory, SortedMemory& sorted)
{
    const int i = thread_index();
    if (i < memory.n) {
        int rank = 0, place = 0;
        for (int j = 0; j < memory.n; ++j) {
            rank += memory.keys[j] > memory.keys[i];
            place += token_of(memory.keys[j]) < token_of(memory.keys[i]);
        }
        sorted.by_probability[rank] = memory.keys[i];
        sorted.by_token[place] = rank;
    }
    barrier();
    if (i < memory.n)
        sorted.probabilities[i] =
            exp_of(logit_of(sorted.by_probability[i]) - logit_of(sorted.by_probability[0]));
    barrier();
}

/// How many of the most probable candidates top-p and min-p leave.
DEVICE inline int count_kept(const SortedMemory& sorted, int n, const DrawRow& row)
{
    int kept = n;
    if (row.top_p < 1) {
        double total = 0;
        for (int i = 0; i < n; ++i)
            total += static_cast<double>(sorted.probabilities[i]);
        double sum = static_cast<double>(sorted.probabilities[0]);
        for (kept = 1; kept < n && sum < static_cast<double>(row.top_p) * total; ++kept)
            sum += static_cast<double>(sorted.probabilities[kept]);
    }
    const float least = logit_of(sorted.by_probability[0]) + log_of(row.min_p);
    while (row.min_p > 0 && kept > 1 && logit_of(sorted.by_probability[kept - 1]) < least)
        --kept;
    return kept;
}

/// At `uniform` of the cumulative weights in the order of tokens. One thread sums, in that order, what all
/// have made; its result is the row's.
DEVICE inline int32_t draw_sorted(SortedMemory& sorted, int n, const DrawRow& row)
{
    const int i = thread_index();
    if (i == 0)
        sorted.n_kept = count_kept(sorted, n, row);
    barrier();
    if (i < n) {
        const int rank = sorted.by_token[i];
        const float above = logit_of(sorted.by_probability[rank]) - logit_of(sorted.by_probability[0]);
        sorted.weights[i] = rank < sorted.n_kept ? exp_of(above / row.temperature) : 0;
    }
    barrier();
    if (i != 0)
        return -1;
    double total = 0;
    for (int j = 0; j < n; ++j)
        total += static_cast<double>(sorted.weights[j]);
    double left = philox_uniform(row.seed, row.counter) * total;
    int drawn = 0;
    for (int j = 0; j < n && left >= 0; ++j) {
        if (sorted.weights[j] > 0)
            drawn = sorted.by_token[j];
        left -= static_cast<double>(sorted.weights[j]);
    }
    return token_of(sorted.by_probability[drawn]);
}

struct WideMemory {
    SelectMemory<uint64_t> select;
    double sums[draw_threads];
    float best[draw_threads / 32]; ///< of each wave
    int n_unusable;
    uint64_t total;
    int thread; ///< that the draw falls to
    double left;
};

/// The logits of one row that one thread goes through.
struct LogitRange {
    const float* logits;
    int begin, end, step;

    /// take(key, weight) for all that is at least `least`.
    template <typename Take> DEVICE void visit(CandidateKey least, float best, Take take) const
    {
        for (int token = begin; token < end; token += step) {
            const float logit = logits[token];
            const CandidateKey key = key_of(logit, token);
            if (logit != excluded && key >= least)
                take(key, static_cast<uint64_t>(exp_of(logit - best) * weight_one));
        }
    }
};

/// The greatest logit, minus infinity where there is none or some are unusable. All threads get it.
DEVICE inline float find_best(WideMemory& memory, const LogitRange& own)
{
    if (thread_index() == 0)
        memory.n_unusable = 0;
    barrier();
    float best = excluded;
    int n_unusable = 0;
    for (int token = own.begin; token < own.end; token += own.step) {
        n_unusable += is_unusable(own.logits[token]);
        best = maximum(best, own.logits[token]);
    }
    if (n_unusable > 0)
        local_add(&memory.n_unusable, n_unusable);
    best = lanes_max<wave_size>(best);
    if (lane_index() == 0)
        memory.best[wave_index()] = best;
    barrier();
    for (int i = 0; i < draw_threads / wave_size; ++i)
        best = maximum(best, memory.best[i]);
    return memory.n_unusable > 0 ? excluded : best;
}

/// The least key that top-k, top-p and min-p leave.
DEVICE inline CandidateKey find_least(WideMemory& memory, const LogitRange& own, const DrawRow& row,
                                      float best)
{
    CandidateKey least = 0;
    if (row.top_k > 0)
        least =
            select_greatest(memory.select, draw_threads, static_cast<uint64_t>(row.top_k), [&](auto take) {
                own.visit(0, best, [&](CandidateKey key, uint64_t) { take(key, uint64_t{1}); });
            });
    if (row.top_p < 1) {
        if (thread_index() == 0)
            memory.total = 0;
        barrier();
        uint64_t sum = 0;
        own.visit(least, best, [&](CandidateKey, uint64_t weight) { sum += weight; });
        local_add(&memory.total, sum);
        barrier();
        const auto share =
            static_cast<uint64_t>(static_cast<double>(row.top_p) * static_cast<double>(memory.total));
        const uint64_t wanted = share > 0 ? share : 1;
        const CandidateKey nucleus = select_greatest(memory.select, draw_threads, wanted,
                                                     [&](auto take) { own.visit(least, best, take); });
        least = nucleus > least ? nucleus : least;
    }
    if (row.min_p > 0) {
        const CandidateKey threshold = key_of(best + log_of(row.min_p), 0x7fffffff);
        least = threshold > least ? threshold : least;
    }
    return least;
}

/// The thread that the draw falls to, and what is left of the cumulative weight in its range.
DEVICE inline void find_thread(WideMemory& memory, const DrawRow& row)
{
    double total = 0;
    for (int i = 0; i < draw_threads; ++i)
        total += memory.sums[i];
    memory.left = philox_uniform(row.seed, row.counter) * total;
    memory.thread = 0;
    for (int i = 0; i < draw_threads; ++i) {
        if (memory.sums[i] > 0)
            memory.thread = i;
        if (memory.left < memory.sums[i])
            return;
        memory.left -= memory.sums[i];
    }
}

/// `own` are consecutive tokens. The result is that of one thread, -1 for the others.
DEVICE inline int32_t draw_ordered(WideMemory& memory, const LogitRange& own, const DrawRow& row,
                                   CandidateKey least, float best)
{
    const auto weight_of = [&](CandidateKey key) { return exp_of((logit_of(key) - best) / row.temperature); };
    double sum = 0;
    own.visit(least, best, [&](CandidateKey key, uint64_t) { sum += static_cast<double>(weight_of(key)); });
    memory.sums[thread_index()] = sum;
    barrier();
    if (thread_index() == 0)
        find_thread(memory, row);
    barrier();
    if (thread_index() != memory.thread)
        return -1;
    double left = memory.left;
    int32_t drawn = -1;
    own.visit(least, best, [&](CandidateKey key, uint64_t) {
        const float weight = weight_of(key);
        if (left >= 0 && weight > 0)
            drawn = token_of(key);
        left -= static_cast<double>(weight);
    });
    return drawn;
}

DEVICE inline void draw_wide(const DrawParameters& p, const DrawRow& row)
{
    auto& memory = local_memory<WideMemory>();
    const float* logits = p.logits + static_cast<int64_t>(group_x()) * p.vocab_size;
    const LogitRange spread{logits, thread_index(), p.vocab_size, draw_threads};
    const float best = find_best(memory, spread);
    if (thread_index() == 0)
        p.drawn[group_x()] = -1;
    if (best == excluded)
        return;
    const CandidateKey least = find_least(memory, spread, row, best);
    if (thread_index() == 0)
        p.least[group_x()] = least;
    const int share = (p.vocab_size + draw_threads - 1) / draw_threads;
    const int begin = minimum(thread_index() * share, p.vocab_size);
    const LogitRange consecutive{logits, begin, minimum(begin + share, p.vocab_size), 1};
    const int32_t drawn = draw_ordered(memory, consecutive, row, least, best);
    if (drawn >= 0)
        p.drawn[group_x()] = drawn;
}

DEVICE inline void draw_narrow(const DrawParameters& p, const DrawRow& row)
{
    auto& local = local_memory<NarrowMemory>();
    const CandidateMemory& memory = local.candidates;
    const int n_keys = p.n_slices * max_candidates;
    collect_candidates(local.candidates, p.candidates + static_cast<int64_t>(group_x()) * n_keys, n_keys,
                       n_kept(row));
    int32_t drawn = -1;
    CandidateKey least = 0;
    if (memory.n > 0 && memory.n_unusable == 0) {
        if (row.temperature == 0) {
            least = memory.keys[0];
            drawn = token_of(least);
        } else {
            sort_candidates(memory, local.sorted);
            drawn = draw_sorted(local.sorted, memory.n, row);
            least = local.sorted.by_probability[local.sorted.n_kept - 1];
        }
    }
    if (thread_index() == 0) {
        p.drawn[group_x()] = drawn;
        p.least[group_x()] = least;
    }
}

KERNEL(draw_tokens, DrawParameters, draw_threads)
{
    const DrawRow row = p.rows[group_x()];
    if (is_narrow(row))
        draw_narrow(p, row);
    else
        draw_wide(p, row);
}

} // namespace rocmforge::device
