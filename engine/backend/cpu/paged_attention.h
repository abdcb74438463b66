// Attention over the paged cache: how it is cut into tasks for the threads.
#pragma once

#include "backend/cpu/arena.h"
#include "backend/cpu/kernels.h"
#include "backend/cpu/thread_pool.h"

#include <vector>

namespace rocmforge::cpu {

/// A task is some rows of one sequence on one KV head, whose keys are so read once for all query
/// heads that share it. Where there are fewer of these than the threads want, as in decoding a long
/// context, each is split over pages, and the parts are joined in a second job.
class PagedAttention {
public:
    PagedAttention(ThreadPool& pool, const Kernels& kernels)
        : pool_(pool)
        , kernels_(kernels)
    {
    }

    /// See Backend::attention(). out_of_memory.
    [[nodiscard]] Status run(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                             const Attention& attention);

private:
    /// Rows of one sequence on one KV head.
    struct Block {
        const BatchSequence* sequence;
        int kv_head;
        int first_row;
        int n_rows;
        int first_page;
        int end_page;
    };
    struct Call {
        float* y;
        const float* q;
        const KvLayer& kv;
        const Attention& attention;
        int n_parts;
        float* sums;
        float* scratch;
    };

    void list_blocks(const KvLayer& kv, const Batch& batch, const Attention& attention);
    [[nodiscard]] int parts_per_block() const;
    void attend(const Call& call, int64_t task, int thread) const;
    void merge(const Call& call, int64_t block) const;

    ThreadPool& pool_;
    const Kernels& kernels_;
    std::vector<Block> blocks_;
    Scratch sums_;
    Scratch scratch_;
};

} // namespace rocmforge::cpu
