// An engine without a model, for tests and screenshots: it answers at once, always the same.
#pragma once

#include <rocmforge/engine.h>

#include <chrono>
#include <deque>

/// A token is one byte in prompts and one word in answers. What the last message says decides:
///   "think"   an answer with a <think> part
///   "long"    two hundred numbered paragraphs
///   "fail"    an error after a few words
///   "repeat"  the whole prompt in a code block
///   else      an answer with a heading, lists, code, a table, a quote and a link
class ScriptedEngine : public rocmforge::Engine {
public:
    struct Options {
        std::chrono::milliseconds tokenDelay{8};
        int contextSize = 8192; ///< tokens
    };

    /// Fails like a real engine for files that do not exist; anything else "loads".
    [[nodiscard]] static rocmforge::Result<std::unique_ptr<rocmforge::Engine>>
    load(const std::filesystem::path& path, const rocmforge::LoadOptions& load, const Options& options);

    ScriptedEngine(const std::filesystem::path& path, const Options& options);

    [[nodiscard]] const rocmforge::ModelInfo& info() const override { return m_info; }
    [[nodiscard]] int n_ctx() const override { return m_options.contextSize; }
    [[nodiscard]] std::string backend_name() const override { return "scripted"; }
    [[nodiscard]] const rocmforge::LoadPlan& load_plan() const override { return m_loadPlan; }
    [[nodiscard]] std::vector<int32_t> tokenize(std::string_view text, bool addSpecial,
                                                bool parseSpecial) const override;
    [[nodiscard]] std::string detokenize(std::span<const int32_t> tokens, bool showSpecial) const override;
    /// "role: content" lines, then "assistant: ".
    [[nodiscard]] rocmforge::Result<rocmforge::RenderedPrompt>
    render(std::span<const rocmforge::ChatMessage> messages,
           const rocmforge::RenderOptions& options) const override;
    [[nodiscard]] rocmforge::RequestId submit(rocmforge::Request request) override;
    void cancel(rocmforge::RequestId id) override;
    bool step() override;
    void wait(std::chrono::milliseconds timeout) override;
    void wake() override { }
    /// Not part of the script.
    [[nodiscard]] rocmforge::Result<std::vector<float>> logits(std::span<const int32_t> tokens,
                                                               int chunk) override;
    [[nodiscard]] rocmforge::Result<std::vector<float>>
    embed(std::span<const int32_t> tokens, const rocmforge::EmbeddingOptions& options) override;

private:
    struct Job {
        rocmforge::RequestId id = 0;
        rocmforge::Request request;
        std::deque<std::string> words; ///< still to be said
        bool fails = false;
        bool cancelled = false;
        rocmforge::RequestStatistics statistics;
    };

    [[nodiscard]] Job plan(rocmforge::Request request) const;
    void advance(Job& job);
    void finish(Job& job, rocmforge::FinishReason reason);

    const Options m_options;
    rocmforge::ModelInfo m_info;
    rocmforge::LoadPlan m_loadPlan;
    rocmforge::RequestId m_lastId = 0;
    std::deque<Job> m_jobs;
};
