// The steps of recurrent layers on the processor: how they are cut into tasks for the threads. A
// task advances a part of one sequence's state through all of its tokens, so that it stays in cache.
#pragma once

#include "backend/cpu/arena.h"
#include "backend/cpu/kernels.h"
#include "backend/cpu/thread_pool.h"

namespace rocmforge::cpu {

class Recurrence {
public:
    Recurrence(ThreadPool& pool, const Kernels& kernels)
        : pool_(pool)
        , kernels_(kernels)
    {
    }

    // See the steps of Backend of these names.
    void short_convolution(float* y, const float* x, const StateSlots& states, const Batch& batch,
                           const Convolution& convolution);
    void selective_scan(float* y, const ScanInputs& in, const StateSlots& states, const Batch& batch,
                        const SelectiveScan& scan);
    /// out_of_memory.
    [[nodiscard]] Status gated_delta_rule(float* y, const DeltaInputs& in, const StateSlots& states,
                                          const Batch& batch, const DeltaRule& rule);

private:
    /// Per token what its heads share, worked out once: (n_tokens, …).
    struct DeltaRows {
        float* q; ///< k_width, normed and scaled
        float* k; ///< k_width, normed
        float* decay; ///< n_v_heads
        float* beta; ///< n_v_heads
    };

    /// Rows first … end - 1 of a value head's state.
    struct DeltaPart {
        int head;
        int64_t first;
        int64_t end;
    };

    /// Calls task(sequence, unit) for each of the batch's sequences and units 0 … n_units - 1.
    template <typename Task> void for_each_unit(const Batch& batch, int64_t n_units, Task&& task);
    [[nodiscard]] Result<DeltaRows> reserve(int64_t n_tokens, const DeltaRule& rule);
    void prepare(const DeltaRows& rows, const DeltaInputs& in, const DeltaRule& rule, int64_t row) const;
    void advance(float* y, const DeltaInputs& in, const DeltaRows& rows, float* state,
                 const BatchSequence& sequence, const DeltaRule& rule, const DeltaPart& part) const;

    ThreadPool& pool_;
    const Kernels& kernels_;
    Scratch scratch_;
};

} // namespace rocmforge::cpu
