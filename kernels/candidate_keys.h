// Tokens as keys that order them by probability, and the greatest of many keys, as drawing from logits
// and ranking them need both.
#pragma once

#include "kernels/parameters.h"
#include "kernels/select.h"

namespace rocmforge::device {

constexpr float excluded = -infinity;

DEVICE inline CandidateKey key_of(float logit, int token)
{
    const auto bits = __builtin_bit_cast(uint32_t, logit + 0.0f); // there is but one zero
    const uint32_t ordered = bits >> 31 ? ~bits : bits | 0x80000000u;
    return static_cast<uint64_t>(ordered) << 32 | (0xffffffffu - static_cast<uint32_t>(token));
}

DEVICE inline float logit_of(CandidateKey key)
{
    const auto ordered = static_cast<uint32_t>(key >> 32);
    return __builtin_bit_cast(float, ordered >> 31 ? ordered & 0x7fffffffu : ~ordered);
}

DEVICE inline int token_of(CandidateKey key)
{
    return static_cast<int>(0xffffffffu - static_cast<uint32_t>(key));
}

/// NaN, or plus infinity.
DEVICE inline bool is_unusable(float logit)
{
    return !(logit < infinity);
}
constexpr CandidateKey unusable_key = ~CandidateKey{0};

struct CandidateMemory {
    SelectMemory<uint32_t> select;
    CandidateKey keys[max_candidates];
    int n;
    int n_unusable;
};

/// memory.keys = the k greatest of the keys that threads visit, those of 0 excepted, in any order.
template <typename Visit>
DEVICE void collect_greatest(CandidateMemory& memory, int n_threads, int k, Visit visit)
{
    const uint64_t least = select_greatest(memory.select, n_threads, static_cast<uint32_t>(k), visit);
    if (thread_index() == 0)
        memory.n = memory.n_unusable = 0;
    barrier();
    visit([&](uint64_t key, uint32_t) {
        if (key < least || key == 0)
            return;
        if (key == unusable_key)
            local_add(&memory.n_unusable, 1);
        const int place = local_add(&memory.n, 1);
        if (place < max_candidates)
            memory.keys[place] = key;
    });
    barrier();
}

/// The keys of one thread in a slice of the logits; 0 where a token is excluded or beyond the vocabulary.
struct SliceKeys {
    static constexpr int n = draw_slice / workgroup_threads;
    CandidateKey keys[n];
};

/// Of the slice that the workgroup's x is.
DEVICE inline SliceKeys read_slice(const float* logits, int vocab_size)
{
    SliceKeys own;
    const int first = group_x() * draw_slice;
    for (int i = 0; i < SliceKeys::n; ++i) {
        const int token = first + thread_index() + i * workgroup_threads;
        const float logit = token < vocab_size ? logits[token] : excluded;
        own.keys[i] = is_unusable(logit) ? unusable_key : logit == excluded ? 0 : key_of(logit, token);
    }
    return own;
}

/// `to` (max_candidates) = the k greatest keys of the slice, then zeros.
DEVICE inline void write_greatest(CandidateKey* to, CandidateMemory& memory, const SliceKeys& own, int k)
{
    collect_greatest(memory, workgroup_threads, k, [&](auto take) {
        for (int i = 0; i < SliceKeys::n; ++i)
            take(own.keys[i], 1u);
    });
    if (thread_index() < max_candidates)
        to[thread_index()] = thread_index() < memory.n ? memory.keys[thread_index()] : 0;
}

/// Keys that a thread reads once; those beyond are read again in each pass.
constexpr int keys_in_registers = 8;

/// memory.keys = the k greatest of n keys, of a workgroup of draw_threads.
DEVICE inline void collect_candidates(CandidateMemory& memory, const CandidateKey* keys, int n, int k)
{
    CandidateKey own[keys_in_registers];
    for (int i = 0; i < keys_in_registers; ++i) {
        const int place = thread_index() + i * draw_threads;
        own[i] = place < n ? keys[place] : 0;
    }
    collect_greatest(memory, draw_threads, k, [&](auto take) {
        for (int i = 0; i < keys_in_registers; ++i)
            if (own[i] != 0)
                take(own[i], 1u);
        for (int i = thread_index() + keys_in_registers * draw_threads; i < n; i += draw_threads)
            if (keys[i] != 0)
                take(keys[i], 1u);
    });
}

/// by_probability[i] = the i-th greatest of memory.keys: each thread counts what comes before its own.
DEVICE inline void sort_by_probability(CandidateKey* by_probability, const CandidateMemory& memory)
{
    const int i = thread_index();
    if (i < memory.n) {
        int rank = 0;
        for (int j = 0; j < memory.n; ++j)
            rank += memory.keys[j] > memory.keys[i];
        by_probability[rank] = memory.keys[i];
    }
    barrier();
}

} // namespace rocmforge::device
