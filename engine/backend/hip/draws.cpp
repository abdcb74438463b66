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
            draw.n_candidates,
            {low(draw.seed), high(draw.seed)},
            {low(draw.n_tokens), high(draw.n_tokens)}};
}

static_assert(device::most_ranked == max_token_candidates);

void read_ranking(DrawnToken& drawn, const device::Ranking& ranking)
{
    const int n = std::clamp(ranking.n, 0, device::most_ranked); // kernels are not trusted
    if (n == 0)
        return;
    drawn.probability = ranking.probability;
    for (int i = 0; i < n; ++i)
        drawn.candidates.push_back({ranking.tokens[i], ranking.probabilities[i], ranking.kept[i] != 0});
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
    ranks_ = std::ranges::any_of(batch.draws, [](const Draw& draw) { return draw.n_candidates > 0; });
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
    if (ranks_)
        static_cast<void>(rankings_.reserve<device::Ranking>(queue_, n_rows_));
}

Recordings::Shape Draws::shape() const
{
    const auto address = [](const void* array) {
        return static_cast<int64_t>(std::bit_cast<intptr_t>(array));
    };
    return {n_rows_, resolves_, ranks_, address(rows_), address(windows_)};
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
    p.least = least_.reserve<device::CandidateKey>(queue_, n_rows_);
    p.vocab_size = vocab_size;
    if (!p.candidates || !p.drawn || !p.least)
        return;
    queue_.launch("draw_candidates", {p.n_slices, n_rows_}, p);
    queue_.launch("draw_tokens", {n_rows_}, p, device::draw_threads);
    if (ranks_)
        rank(p);
}

void Draws::rank(const device::DrawParameters& draw)
{
    auto* sums = sums_.reserve<device::SliceSum>(queue_, int64_t{n_rows_} * draw.n_slices);
    auto* rankings = rankings_.reserve<device::Ranking>(queue_, n_rows_);
    if (!sums || !rankings)
        return;
    const device::RankSlicesParameters slices{sums,      draw.candidates, draw.logits,
                                              draw.rows, draw.vocab_size, draw.n_slices};
    queue_.launch("rank_slices", {draw.n_slices, n_rows_}, slices);
    const device::RankParameters p{rankings,    draw.candidates, sums,
                                   draw.logits, draw.rows,       draw.drawn,
                                   draw.least,  draw.vocab_size, draw.n_slices};
    queue_.launch("rank_candidates", {n_rows_}, p, device::draw_threads);
}

void Draws::fetch()
{
    if (n_rows_ == 0)
        return;
    Slot& slot = slots_[next_];
    next_ ^= 1;
    slot.n = n_rows_;
    slot.has_rankings = ranks_;
    slot.is_sent = queue_.succeeded(prepare(slot));
    if (!slot.is_sent)
        return;
    queue_.copy(slot.tokens.get(), drawn_.reserve<int32_t>(queue_, n_rows_),
                n_rows_ * static_cast<int64_t>(sizeof(int32_t)));
    if (ranks_)
        queue_.copy(slot.rankings.get(), rankings_.reserve<device::Ranking>(queue_, n_rows_),
                    n_rows_ * static_cast<int64_t>(sizeof(device::Ranking)));
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
    TRY(slot.rankings,
        allocate_pinned(queue_.runtime(), slot.n * static_cast<int64_t>(sizeof(device::Ranking))));
    slot.capacity = slot.n;
    return {};
}

Result<std::span<const DrawnToken>> Draws::take()
{
    // The other slot is the older one, unless it has been taken.
    Slot& slot = slots_[next_].n > 0 ? slots_[next_] : slots_[next_ ^ 1];
    const int n = std::exchange(slot.n, 0);
    if (n == 0) { // a pass without outputs
        TRY_STATUS(queue_.synchronize());
        return std::span<const DrawnToken>();
    }
    if (!queue_.succeeded({}))
        return std::unexpected(queue_.synchronize().error());
    queue_.wait(slot.arrived);
    if (!queue_.succeeded({}))
        return std::unexpected(queue_.synchronize().error());
    read(slot, n);
    return slot.drawn;
}

void Draws::read(Slot& slot, int n)
{
    const auto* tokens = static_cast<const int32_t*>(slot.tokens.get());
    const auto* rankings = static_cast<const device::Ranking*>(slot.rankings.get());
    slot.drawn.assign(static_cast<size_t>(n), {});
    for (int i = 0; i < n && slot.is_sent; ++i) {
        DrawnToken& drawn = slot.drawn[static_cast<size_t>(i)];
        drawn.token = tokens[i];
        if (slot.has_rankings)
            read_ranking(drawn, rankings[i]);
    }
}

} // namespace rocmforge::hip
