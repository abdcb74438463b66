#include "scheduler/embedding.h"
#include "scheduler/loaded_model.h"
#include "scheduler/mailbox.h"
#include "scheduler/model_forward.h"
#include "scheduler/rehearsal.h"
#include "scheduler/scheduler.h"

#include <rocmforge/engine.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <string>
#include <utility>

namespace rocmforge {

namespace {

class LoadedEngine final : public Engine {
public:
    LoadedEngine(LoadedModel loaded, std::unique_ptr<ModelForward> forward, const SchedulerOptions& options)
        : loaded_(std::move(loaded))
        , forward_(std::move(forward))
        , scheduler_(*forward_, *loaded_.tokenizer, options)
        , chunk_(options.max_rows)
    {
    }

    const ModelInfo& info() const override { return loaded_.info; }
    int n_ctx() const override { return scheduler_.n_ctx(); }
    std::string backend_name() const override { return device_names(loaded_.choice.plan); }
    const LoadPlan& load_plan() const override { return loaded_.choice.plan; }

    std::vector<int32_t> tokenize(std::string_view text, bool add_special, bool parse_special) const override;
    std::string detokenize(std::span<const int32_t> tokens, bool show_special) const override;
    Result<RenderedPrompt> render(std::span<const ChatMessage> messages,
                                  const RenderOptions& options) const override;

    RequestId submit(Request request) override { return mailbox_.submit(std::move(request)); }
    void cancel(RequestId id) override { mailbox_.cancel(id); }
    bool step() override;
    void wait(std::chrono::milliseconds timeout) override;
    void wake() override { mailbox_.wake(); }

    Result<std::vector<float>> logits(std::span<const int32_t> tokens, int chunk) override;
    Result<std::vector<float>> embed(std::span<const int32_t> tokens,
                                     const EmbeddingOptions& options) override;

private:
    const Config& config() const { return loaded_.model->config(); }
    Status check_idle(std::string_view what) const;
    Result<std::vector<float>> run(std::span<const int32_t> tokens, int chunk, BatchOutput output);
    Status append_outputs(std::vector<float>& values, std::span<const int32_t> tokens, int n_past,
                          const PageTable& table, BatchOutput output);

    LoadedModel loaded_;
    std::unique_ptr<ModelForward> forward_;
    Scheduler scheduler_;
    int chunk_; ///< most tokens of one step, of models that read in parts
    Mailbox mailbox_;
};

std::vector<int32_t> LoadedEngine::tokenize(std::string_view text, bool add_special, bool parse_special) const
{
    return loaded_.tokenizer->encode(text, add_special ? AddSpecial::yes : AddSpecial::no,
                                     parse_special ? SpecialText::parse : SpecialText::plain);
}

std::string LoadedEngine::detokenize(std::span<const int32_t> tokens, bool show_special) const
{
    return loaded_.tokenizer->decode(tokens, show_special);
}

Result<RenderedPrompt> LoadedEngine::render(std::span<const ChatMessage> messages,
                                            const RenderOptions& options) const
{
    TRY_STATUS(check_chats(config()));
    return loaded_.prompts.render(messages, options);
}

bool LoadedEngine::step()
{
    Mailbox::Mail mail = mailbox_.take();
    for (auto& [id, request] : mail.submitted)
        scheduler_.submit(id, std::move(request));
    for (const RequestId id : mail.cancelled)
        scheduler_.cancel(id);
    return scheduler_.step() || !mail.empty();
}

void LoadedEngine::wait(std::chrono::milliseconds timeout)
{
    if (!scheduler_.has_work())
        mailbox_.wait(timeout);
}

Result<std::vector<float>> LoadedEngine::logits(std::span<const int32_t> tokens, int chunk)
{
    TRY_STATUS(check_idle("Logits"));
    if (chunk < 1)
        return fail(ErrorKind::invalid_request, "The chunk size is " + std::to_string(chunk) + ".",
                    "Choose 1 or more.");
    if (std::ssize(tokens) > n_ctx())
        return fail(ErrorKind::context_full,
                    std::to_string(tokens.size()) + " tokens do not fit into the context of "
                        + std::to_string(n_ctx()) + ".",
                    "Give fewer tokens, or load the model with a larger context.");
    TRY_STATUS(forward_->reserve(chunk, chunk));
    return run(tokens, chunk, BatchOutput::logits);
}

Result<std::vector<float>> LoadedEngine::embed(std::span<const int32_t> tokens,
                                               const EmbeddingOptions& options)
{
    TRY_STATUS(check_idle("Embeddings"));
    TRY(const Pooling pooling, choose_pooling(options, config()));
    if (tokens.empty())
        return fail(ErrorKind::invalid_request, "The text has no tokens.", "Give a text.");
    if (std::ssize(tokens) > n_ctx())
        return fail(ErrorKind::context_full,
                    "The text has " + std::to_string(tokens.size()) + " tokens; the model reads at most "
                        + std::to_string(n_ctx()) + ".",
                    "Shorten the text, or split it.");
    const auto n_tokens = static_cast<int>(tokens.size());
    const int chunk = config().causal ? std::min(n_tokens, chunk_) : n_tokens;
    // Powers of two, so that ever longer texts do not leave many sizes behind.
    TRY_STATUS(forward_->reserve(static_cast<int>(std::bit_ceil(static_cast<unsigned>(chunk))), 1));
    TRY(std::vector<float> states, run(tokens, chunk, BatchOutput::states));
    const auto n_embd = static_cast<size_t>(config().n_embd);
    std::vector<float> embedding = pool(std::move(states), n_embd, pooling);
    if (options.normalized)
        normalize(embedding, n_embd);
    return embedding;
}

/// The outputs of all tokens.
Result<std::vector<float>> LoadedEngine::run(std::span<const int32_t> tokens, int chunk, BatchOutput output)
{
    std::vector<float> values;
    PageTable table;
    scheduler_.cache().reserve(table, static_cast<int>(tokens.size()));
    Status status;
    for (size_t n_past = 0; n_past < tokens.size() && status; n_past += static_cast<size_t>(chunk)) {
        const size_t n = std::min(tokens.size() - n_past, static_cast<size_t>(chunk));
        status = append_outputs(values, tokens.subspan(n_past, n), static_cast<int>(n_past), table, output);
    }
    scheduler_.cache().discard(table);
    TRY_STATUS(status);
    return values;
}

Status LoadedEngine::check_idle(std::string_view what) const
{
    if (!scheduler_.has_work())
        return {};
    return fail(ErrorKind::invalid_request, std::string(what) + " were asked for while requests are running.",
                "Wait until they are finished.");
}

/// Computes one chunk with the output of every row.
Status LoadedEngine::append_outputs(std::vector<float>& values, std::span<const int32_t> tokens, int n_past,
                                    const PageTable& table, BatchOutput output)
{
    std::vector<int32_t> rows(tokens.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::vector<int32_t> positions(tokens.size());
    std::iota(positions.begin(), positions.end(), n_past);
    const BatchSequence sequence{0, static_cast<int>(tokens.size()), n_past, table.pages, table.slot};
    TRY(const auto outputs, forward_->run({tokens, positions, {&sequence, 1}, rows, output}));
    values.insert(values.end(), outputs.begin(), outputs.end());
    return {};
}

Status validate(const LoadOptions& options)
{
    const auto check = [](int value, const char* name, int least) -> Status {
        if (value >= least)
            return {};
        return fail(ErrorKind::invalid_value, std::string(name) + " is " + std::to_string(value) + ".",
                    "Choose " + std::to_string(least) + " or more.");
    };
    TRY_STATUS(check(options.n_threads, "The number of threads", 0));
    TRY_STATUS(check(options.n_gpu_layers.value_or(0), "The number of layers on the GPU", 0));
    TRY_STATUS(check(options.n_ctx, "The context length", 0));
    TRY_STATUS(check(options.kv_tokens, "The size of the KV cache", 0));
    return check(options.prefill_chunk, "The prefill chunk", 1);
}

} // namespace

Result<LoadPlan> Engine::plan(const std::filesystem::path& path, const LoadOptions& options)
{
    TRY_STATUS(validate(options));
    return plan_load(path, options);
}

Result<std::unique_ptr<Engine>> Engine::load(const std::filesystem::path& path, const LoadOptions& options)
{
    TRY_STATUS(validate(options));
    TRY(LoadedModel loaded, load_model(path, options));
    TRY(KvCache cache, create_kv_cache(loaded));
    TRY(RecurrentCache recurrent, create_recurrent_cache(loaded));
    const SchedulerOptions scheduling{.n_pages = cache.n_pages(),
                                      .n_slots = recurrent.n_slots(),
                                      .n_ctx = loaded.choice.shape.n_ctx,
                                      .max_rows = options.prefill_chunk,
                                      .max_running = std::min(max_running, options.prefill_chunk),
                                      .refusal = check_chats(loaded.model->config()),
                                      .step_seconds = options.step_seconds};
    auto forward =
        std::make_unique<ModelForward>(loaded.model, std::move(cache), *loaded.file, std::move(recurrent));
    TRY_STATUS(forward->reserve(scheduling.max_rows, scheduling.max_running));
    TRY_STATUS(forward->reserve_scratch(
        [&](const Model& model, State& state, const KvCache& kv, const RecurrentCache& states) {
            return run_largest_steps(model, state, kv, states, loaded.choice.shape);
        }));
    return std::make_unique<LoadedEngine>(std::move(loaded), std::move(forward), scheduling);
}

} // namespace rocmforge
