#include "backend/hip/draws.h"

#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

namespace rocmforge::hip {
namespace {

bool penalizes(const SamplingParameters& p)
{
    return p.penalty_window != 0
        && (p.repetition_penalty != 1.0f || p.presence_penalty != 0.0f || p.frequency_penalty != 0.0f);
}

uint32_t low(uint64_t x)
{
    return static_cast<uint32_t>(x);
}
uint32_t high(uint64_t x)
{
    return static_cast<uint32_t>(x >> 32);
}

/// Penalties look back upon n tokens of the window, the batch's row apart.
device::DrawRow draw_row(const Draw& draw, int32_t row, int32_t window, int32_t n)
{
    const SamplingParameters& p = *draw.sampling;
    return {p.temperature,
            p.top_k,
            p.top_p,
            p.min_p,
            p.repetition_penalty,
            p.presence_penalty,
            p.frequency_penalty,
            window,
            n,
            row,
            {low(draw.seed), high(draw.seed)},
            {low(draw.n_tokens), high(draw.n_tokens)}};
}

int divide_up(int a, int b)
{
    return (a + b - 1) / b;
}

} // namespace

void Draws::begin(const Batch& batch, Transfers& transfers)
{
    n_rows_ = static_cast<int>(batch.draws.size());
    resolves_ = std::ranges::any_of(batch.tokens, [](int32_t token) { return token < 0; });
    if (n_rows_ == 0)
        return;
    std::vector<device::DrawRow> rows;
    std::vector<int32_t> windows;
    int most = 0;
    for (size_t i = 0; i < batch.draws.size(); ++i) {
        const Draw& draw = batch.draws[i];
        const bool has_window = penalizes(*draw.sampling);
        const int n = has_window ? static_cast<int>(draw.window.size()) : -1;
        rows.push_back(draw_row(draw, batch.output_rows[i], static_cast<int32_t>(windows.size()), n));
        if (has_window)
            windows.insert(windows.end(), draw.window.begin(), draw.window.end());
        most = std::max(most, n);
    }
    // Rounded, as where the windows lie is part of the shape.
    const size_t room = most > 0 ? std::bit_ceil(static_cast<size_t>(std::max(most, 255) + 1)) : 0;
    rows_ = transfers.put(std::span<const device::DrawRow>(rows));
    windows_ = transfers.put(std::span<const int32_t>(windows), room * batch.draws.size());
    // What launches write to is made before they are recorded.
    static_cast<void>(drawn_.reserve<int32_t>(queue_, n_rows_));
}

Recordings::Shape Draws::shape() const
{
    const auto address = [](const void* array) {
        return static_cast<int64_t>(std::bit_cast<intptr_t>(array));
    };
    return {n_rows_, resolves_, address(rows_), address(windows_)};
}

void Draws::resolve(int32_t* tokens, const Batch& batch)
{
    if (!resolves_)
        return;
    const device::ResolveParameters p{tokens, drawn_.reserve<int32_t>(queue_, n_rows_), batch.n_tokens()};
    queue_.launch("resolve_tokens", {divide_up(batch.n_tokens(), device::workgroup_threads)}, p);
}

void Draws::launch(float* logits, const int32_t* tokens, int vocab_size)
{
    device::DrawParameters p{};
    p.n_slices = divide_up(vocab_size, device::draw_slice);
    p.logits = logits;
    p.rows = rows_;
    p.windows = windows_;
    p.tokens = tokens;
    p.candidates = candidates_.reserve<device::CandidateKey>(
        queue_, int64_t{n_rows_} * p.n_slices * device::max_candidates);
    p.drawn = drawn_.reserve<int32_t>(queue_, n_rows_);
    p.vocab_size = vocab_size;
    if (!p.candidates || !p.drawn)
        return;
    queue_.launch("draw_candidates", {p.n_slices, n_rows_}, p);
    queue_.launch("draw_tokens", {n_rows_}, p, device::draw_threads);
}

void Draws::fetch()
{
    if (n_rows_ == 0)
        return;
    Slot& slot = slots_[next_];
    next_ ^= 1;
    slot.n = n_rows_;
    if (!queue_.succeeded(prepare(slot)))
        return;
    queue_.copy(slot.tokens.get(), drawn_.reserve<int32_t>(queue_, n_rows_),
                n_rows_ * static_cast<int64_t>(sizeof(int32_t)));
    queue_.mark(slot.arrived);
}

Status Draws::prepare(Slot& slot) const
{
    if (!slot.arrived.get()) {
        TRY(slot.arrived, create_event(queue_.runtime()));
    }
    if (slot.n <= slot.capacity)
        return {};
    TRY(slot.tokens, allocate_pinned(queue_.runtime(), slot.n * static_cast<int64_t>(sizeof(int32_t))));
    slot.capacity = slot.n;
    return {};
}

Result<std::span<const int32_t>> Draws::take()
{
    // The other slot is the older one, unless it has been taken.
    Slot& slot = slots_[next_].n > 0 ? slots_[next_] : slots_[next_ ^ 1];
    const int n = std::exchange(slot.n, 0);
    if (n == 0) { // a pass without outputs
        TRY_STATUS(queue_.synchronize());
        return std::span<const int32_t>();
    }
    if (!queue_.succeeded({}))
        return std::unexpected(queue_.synchronize().error());
    queue_.wait(slot.arrived);
    if (!queue_.succeeded({}))
        return std::unexpected(queue_.synchronize().error());
    return std::span(static_cast<const int32_t*>(slot.tokens.get()), static_cast<size_t>(n));
}

} // namespace rocmforge::hip
