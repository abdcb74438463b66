#include "scheduler/rehearsal.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace rocmforge {
namespace {

/// Left of the processors' memory: what other programs are about to use, and the few buffers of steps
/// that are not counted (at most some 100 bytes per token and weight of a row).
constexpr int64_t cpu_headroom = int64_t{256} << 20;
/// Left of a GPU's memory: code objects, streams and page tables (some 100 MiB), what is lost where
/// allocations are rounded to the driver's pages, and what a desktop takes when a window opens.
constexpr int64_t gpu_headroom = int64_t{512} << 20;

/// Backends that count, and what they counted so far.
class Count {
public:
    static Result<Count> begin(const LoadSource& source)
    {
        Count count;
        for (const Backend* backend : source.backends) {
            TRY(auto rehearsal, backend->rehearsal());
            count.backends_.push_back(rehearsal.get());
            count.owned_.push_back(std::move(rehearsal));
        }
        count.before_.resize(count.backends_.size());
        return count;
    }

    [[nodiscard]] std::span<Backend* const> backends() const { return backends_; }

    /// Writes what was kept since the last call to this member of each plan.
    void take(std::vector<DevicePlan>& plans, int64_t DevicePlan::* member)
    {
        for (size_t i = 0; i < backends_.size(); ++i) {
            const int64_t now = backends_[i]->memory_used().kept;
            plans[i].*member = now - std::exchange(before_[i], now);
        }
    }

    /// What is not in the plans yet is for computing.
    void take_rest(std::vector<DevicePlan>& plans) const
    {
        for (size_t i = 0; i < backends_.size(); ++i)
            plans[i].scratch = backends_[i]->memory_used().total - plans[i].total();
    }

private:
    std::vector<std::unique_ptr<Backend>> owned_;
    std::vector<Backend*> backends_;
    std::vector<int64_t> before_; ///< kept by each
};

/// A step of n_sequences sequences of n_tokens tokens each, at the end of full contexts.
class LargestStep {
public:
    LargestStep(const Config& config, const LoadShape& shape, int n_sequences, int n_tokens)
        : tokens_(static_cast<size_t>(n_sequences) * static_cast<size_t>(n_tokens))
        , output_(config.has_output ? BatchOutput::logits : BatchOutput::states)
    {
        const int longest = std::min({shape.n_ctx, shape.n_pages * page_tokens, config.n_ctx_train});
        const int n_past = config.causal ? std::max(longest - n_tokens, 0) : 0;
        pages_.resize(static_cast<size_t>((n_past + n_tokens + page_tokens - 1) / page_tokens));
        for (int s = 0; s < n_sequences; ++s) {
            sequences_.push_back({s * n_tokens, n_tokens, n_past, pages_, shape.n_slots > 0 ? 0 : -1});
            rows_.push_back((s + 1) * n_tokens - 1);
            draws_.push_back({&sampling_, window_, 0, 0, max_token_candidates});
            for (int i = 0; i < n_tokens; ++i)
                positions_.push_back(n_past + i);
        }
    }
    LargestStep(const LargestStep&) = delete;
    LargestStep& operator=(const LargestStep&) = delete;

    [[nodiscard]] Status run(const Model& model, State& state, const KvCache& cache,
                             const RecurrentCache& recurrent) const
    {
        Batch batch{tokens_, positions_, sequences_, rows_, output_};
        if (!model.draws() || output_ == BatchOutput::states) {
            TRY([[maybe_unused]] const auto output, model.forward(state, cache, batch, recurrent));
            return {};
        }
        batch.draws = draws_;
        TRY_STATUS(model.enqueue(state, cache, batch, recurrent));
        TRY([[maybe_unused]] const auto tokens, model.drawn());
        return {};
    }

private:
    std::vector<int32_t> tokens_, positions_, rows_, pages_;
    std::vector<BatchSequence> sequences_;
    BatchOutput output_;
    SamplingParameters sampling_{.repetition_penalty = 1.1f};
    std::vector<int32_t> window_ = std::vector<int32_t>(static_cast<size_t>(sampling_.penalty_window));
    std::vector<Draw> draws_;
};

std::vector<DevicePlan> empty_plans(const LoadSource& source, const LoadShape& shape)
{
    std::vector<DevicePlan> plans;
    for (size_t i = 0; i < source.backends.size(); ++i) {
        const auto device = static_cast<int>(i);
        const int n_layers = shape.placement.n_layers_on(device);
        plans.push_back({.device = source.backends[i]->name(),
                         .n_layers = n_layers,
                         .has_experts = shape.placement.has_experts_of_others(device),
                         .free = source.free[i],
                         .headroom = i == 0 ? cpu_headroom : gpu_headroom});
    }
    return plans;
}

} // namespace

Status run_largest_steps(const Model& model, State& state, const KvCache& cache,
                         const RecurrentCache& recurrent, const LoadShape& shape)
{
    const Config& config = model.config();
    const int longest = std::min({shape.n_ctx, state.max_tokens, config.n_ctx_train});
    const auto run = [&](int n_sequences, int n_tokens) {
        return LargestStep(config, shape, n_sequences, n_tokens).run(model, state, cache, recurrent);
    };
    // Where contexts are shorter than a step, several prompts fill one.
    TRY_STATUS(run(std::clamp(state.max_tokens / longest, 1, state.max_outputs), longest));
    for (int n_tokens = longest; n_tokens > 0; n_tokens /= 2)
        TRY_STATUS(run(1, n_tokens));
    for (int n_sequences = 2; n_sequences <= std::min(max_running, state.max_outputs); ++n_sequences)
        TRY_STATUS(run(n_sequences, 1));
    return {};
}

Result<Adapters> open_adapters(const LoadOptions& options)
{
    Adapters adapters;
    for (const AdapterOptions& adapter : options.adapters)
        TRY_STATUS(adapters.add(adapter.path, adapter.scale));
    return adapters;
}

Result<std::vector<DevicePlan>> rehearse(const LoadSource& source, const LoadShape& shape)
{
    std::vector<DevicePlan> plans = empty_plans(source, shape);
    TRY(Count count, Count::begin(source));
    TRY(Adapters adapters, open_adapters(source.options));
    TRY(const auto model,
        Model::load(source.file, source.config, count.backends(), shape.placement,
                    {{}, shape.n_ctx, std::move(adapters), WeightContents::omitted}));
    count.take(plans, &DevicePlan::weights);
    const std::vector<Backend*> backends = model->layer_backends();
    TRY(const KvCache cache, KvCache::create(backends, model->kv_shapes(), shape.n_pages, shape.kv_type));
    count.take(plans, &DevicePlan::kv_cache);
    TRY(const RecurrentCache recurrent,
        RecurrentCache::create(backends, model->state_sizes(), shape.n_slots));
    count.take(plans, &DevicePlan::states);
    const int max_rows = source.options.prefill_chunk;
    TRY(State state, model->create_state(max_rows, std::min(max_running, max_rows)));
    TRY_STATUS(run_largest_steps(*model, state, cache, recurrent, shape));
    count.take_rest(plans);
    return plans;
}

} // namespace rocmforge
