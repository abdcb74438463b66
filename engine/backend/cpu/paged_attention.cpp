#include "backend/cpu/paged_attention.h"

#include <algorithm>

namespace rocmforge::cpu {

namespace {

constexpr int tasks_per_thread = 2;
constexpr int min_pages_per_part = 8;

int round_up_division(int64_t a, int64_t b)
{
    return static_cast<int>((a + b - 1) / b);
}

int first_visible(const Attention& attention, int position)
{
    if (attention.window == 0)
        return 0;
    return std::max(0, position - (attention.causal ? attention.window - 1 : attention.window / 2));
}

int last_visible(const Attention& attention, const BatchSequence& sequence, int position)
{
    if (attention.causal)
        return position;
    const int last = sequence.n_past + sequence.n_tokens - 1;
    return attention.window > 0 ? std::min(last, position + attention.window / 2) : last;
}

} // namespace

Status PagedAttention::run(float* y, const float* q, const KvLayer& kv, const Batch& batch,
                           const Attention& attention)
{
    list_blocks(kv, batch, attention);
    const auto n_blocks = static_cast<int64_t>(blocks_.size());
    const int n_parts = parts_per_block();
    const int64_t n_tasks = n_blocks * n_parts;
    constexpr auto float_bytes = int64_t{sizeof(float)};
    TRY(std::byte * sums, sums_.reserve(n_tasks * attention_sums_floats(kv) * float_bytes));
    TRY(std::byte * scratch,
        scratch_.reserve(pool_.n_threads() * attention_scratch_floats(kv) * float_bytes));
    const Call call{
        y, q, kv, attention, n_parts, reinterpret_cast<float*>(sums), reinterpret_cast<float*>(scratch)};
    pool_.parallel_for(n_tasks, 1, [&](int64_t begin, int64_t end, int thread) {
        for (int64_t task = begin; task < end; ++task) {
            attend(call, task, thread);
            if (n_parts == 1)
                merge(call, task);
        }
    });
    if (n_parts > 1)
        pool_.parallel_for(n_blocks, 1, [&](int64_t begin, int64_t end, int) {
            for (int64_t block = begin; block < end; ++block)
                merge(call, block);
        });
    return {};
}

/// The last rows first: they see the most keys, and what is short fills the gaps at the end.
void PagedAttention::list_blocks(const KvLayer& kv, const Batch& batch, const Attention& attention)
{
    blocks_.clear();
    const int group = attention.n_heads / kv.n_kv_heads;
    for (const BatchSequence& sequence : batch.sequences) {
        const int n_rows = sequence.n_tokens * group;
        for (int block = round_up_division(n_rows, attention_rows) - 1; block >= 0; --block) {
            const int first = block * attention_rows;
            const int end = std::min(first + attention_rows, n_rows);
            const int first_position = first_visible(attention, sequence.n_past + first / group);
            const int last_position = last_visible(attention, sequence, sequence.n_past + (end - 1) / group);
            for (int kv_head = 0; kv_head < kv.n_kv_heads; ++kv_head)
                blocks_.push_back({&sequence, kv_head, first, end - first, first_position / page_tokens,
                                   last_position / page_tokens + 1});
        }
    }
}

int PagedAttention::parts_per_block() const
{
    const int wanted = tasks_per_thread * pool_.n_threads();
    const auto n_blocks = static_cast<int>(blocks_.size());
    if (n_blocks == 0 || n_blocks >= wanted || pool_.n_threads() == 1)
        return 1;
    int most_pages = 0;
    for (const Block& block : blocks_)
        most_pages = std::max(most_pages, block.end_page - block.first_page);
    return std::clamp(most_pages / min_pages_per_part, 1, round_up_division(wanted, n_blocks));
}

void PagedAttention::attend(const Call& call, int64_t task, int thread) const
{
    const Block& block = blocks_[static_cast<size_t>(task / call.n_parts)];
    const auto part = static_cast<int>(task % call.n_parts);
    const int n_pages = block.end_page - block.first_page;
    const BatchSequence& sequence = *block.sequence;
    const KvLayer& kv = call.kv;
    const int group = call.attention.n_heads / kv.n_kv_heads;
    const int64_t q_stride = int64_t{call.attention.n_heads} * kv.k_head_dim;
    kernels_.attend(
        {.q = call.q + sequence.first_row * q_stride + int64_t{block.kv_head} * group * kv.k_head_dim,
         .q_stride = q_stride,
         .group = group,
         .first_row = block.first_row,
         .n_rows = block.n_rows,
         .n_past = sequence.n_past,
         .n_positions = sequence.n_past + sequence.n_tokens,
         .kv = &kv,
         .kv_head = block.kv_head,
         .pages = sequence.pages.data(),
         .first_page = block.first_page + n_pages * part / call.n_parts,
         .end_page = block.first_page + n_pages * (part + 1) / call.n_parts,
         .attention = &call.attention,
         .sums = attention_sums(call.sums + task * attention_sums_floats(kv)),
         .scratch = call.scratch + thread * attention_scratch_floats(kv)});
}

void PagedAttention::merge(const Call& call, int64_t index) const
{
    const Block& block = blocks_[static_cast<size_t>(index)];
    const int64_t part_stride = attention_sums_floats(call.kv);
    const int group = call.attention.n_heads / call.kv.n_kv_heads;
    for (int r = 0; r < block.n_rows; ++r) {
        const int64_t token = block.sequence->first_row + (block.first_row + r) / group;
        const int64_t head = block.kv_head * group + (block.first_row + r) % group;
        kernels_.merge_attention({.sums = attention_sums(call.sums + index * call.n_parts * part_stride),
                                  .part_stride = part_stride,
                                  .n_parts = call.n_parts,
                                  .row = r,
                                  .sink = call.attention.sinks ? call.attention.sinks + head : nullptr,
                                  .y = call.y + (token * call.attention.n_heads + head) * call.kv.v_head_dim,
                                  .v_head_dim = call.kv.v_head_dim});
    }
}

} // namespace rocmforge::cpu
