#include "scheduler/loaded_model.h"
#include "scheduler/mailbox.h"
#include "scheduler/model_forward.h"
#include "scheduler/scheduler.h"

#include <rocmforge/engine.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace rocmforge {

namespace {

constexpr int max_running = 16;

class LoadedEngine final : public Engine {
public:
    LoadedEngine(LoadedModel loaded, std::unique_ptr<ModelForward> forward, const SchedulerOptions& options)
        : loaded_(std::move(loaded))
        , forward_(std::move(forward))
        , scheduler_(*forward_, *loaded_.tokenizer, options)
    {
    }

    const ModelInfo& info() const override { return loaded_.info; }
    int n_ctx() const override { return scheduler_.n_ctx(); }
    std::string backend_name() const override { return loaded_.backend->name(); }

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

private:
    Status check_logits_request(std::span<const int32_t> tokens, int chunk) const;
    Status append_logits(std::vector<float>& logits, std::span<const int32_t> tokens, int n_past,
                         const PageTable& table);

    LoadedModel loaded_;
    std::unique_ptr<ModelForward> forward_;
    Scheduler scheduler_;
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
    TRY_STATUS(check_logits_request(tokens, chunk));
    TRY_STATUS(forward_->reserve(chunk, chunk));
    std::vector<float> logits;
    PageTable table;
    scheduler_.cache().reserve(table, static_cast<int>(tokens.size()));
    Status status;
    for (size_t n_past = 0; n_past < tokens.size() && status; n_past += static_cast<size_t>(chunk)) {
        const size_t n = std::min(tokens.size() - n_past, static_cast<size_t>(chunk));
        status = append_logits(logits, tokens.subspan(n_past, n), static_cast<int>(n_past), table);
    }
    scheduler_.cache().discard(table);
    TRY_STATUS(status);
    return logits;
}

Status LoadedEngine::check_logits_request(std::span<const int32_t> tokens, int chunk) const
{
    if (scheduler_.has_work())
        return fail(ErrorKind::invalid_request, "Logits were asked for while requests are running.",
                    "Wait until they are finished.");
    if (chunk < 1)
        return fail(ErrorKind::invalid_request, "The chunk size is " + std::to_string(chunk) + ".",
                    "Choose 1 or more.");
    if (std::ssize(tokens) > n_ctx())
        return fail(ErrorKind::context_full,
                    std::to_string(tokens.size()) + " tokens do not fit into the context of "
                        + std::to_string(n_ctx()) + ".",
                    "Give fewer tokens, or load the model with a larger context.");
    return {};
}

/// Computes one chunk with the logits of every row.
Status LoadedEngine::append_logits(std::vector<float>& logits, std::span<const int32_t> tokens, int n_past,
                                   const PageTable& table)
{
    std::vector<int32_t> rows(tokens.size());
    std::iota(rows.begin(), rows.end(), 0);
    std::vector<int32_t> positions(tokens.size());
    std::iota(positions.begin(), positions.end(), n_past);
    const BatchSequence sequence{0, static_cast<int>(tokens.size()), n_past, table.pages, table.slot};
    TRY(const auto values, forward_->run({tokens, positions, {&sequence, 1}, rows}));
    logits.insert(logits.end(), values.begin(), values.end());
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
    TRY_STATUS(check(options.n_ctx, "The context length", 0));
    TRY_STATUS(check(options.kv_tokens, "The size of the KV cache", 0));
    return check(options.prefill_chunk, "The prefill chunk", 1);
}

} // namespace

Result<std::unique_ptr<Engine>> Engine::load(const std::filesystem::path& path, const LoadOptions& options)
{
    TRY_STATUS(validate(options));
    TRY(LoadedModel loaded, load_model(path, options));
    TRY(KvCache cache, create_kv_cache(loaded, options));
    TRY(RecurrentCache recurrent, create_recurrent_cache(loaded));
    const SchedulerOptions scheduling{.n_pages = cache.n_pages(),
                                      .n_slots = recurrent.n_slots(),
                                      .n_ctx = loaded.n_ctx,
                                      .max_rows = options.prefill_chunk,
                                      .max_running = std::min(max_running, options.prefill_chunk),
                                      .step_seconds = options.step_seconds};
    auto forward =
        std::make_unique<ModelForward>(loaded.model, std::move(cache), *loaded.file, std::move(recurrent));
    TRY_STATUS(forward->reserve(scheduling.max_rows, scheduling.max_running));
    return std::make_unique<LoadedEngine>(std::move(loaded), std::move(forward), scheduling);
}

} // namespace rocmforge
