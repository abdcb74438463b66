// What the subcommands of rocmforge-cli share: options of loading and sampling, output, errors.
// Each subcommand is one file with one function that adds it to the parser.
#pragma once

#include <rocmforge/engine.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rocmforge::cli {

using Json = nlohmann::ordered_json;

/// Options before the subcommand.
struct Context {
    bool json = false; ///< print one JSON document instead of text
};

/// A subcommand's work; an error is printed and becomes exit code 1.
using Action = std::function<Status()>;

/// Runs `action` when `command` is the one given.
void onRun(CLI::App& command, const Context& context, Action action);

/// The model file and how to load it.
struct ModelOptions {
    std::filesystem::path path;
    LoadOptions load;
    std::string device = "cpu";
    std::string gpuLayers = "auto";
    bool cpuExperts = false;
    std::string kvType = "f16";
    std::vector<std::filesystem::path> adapters;
    std::vector<float> adapterScales; ///< of the first adapters; 1 for the others

    void addTo(CLI::App& command);
    /// Naming a GPU, or what it is to compute, is asking for it.
    [[nodiscard]] bool onGpu() const
    {
        return device == "gpu" || !load.gpu.empty() || gpuLayers != "auto" || cpuExperts;
    }
    /// What the options say, as the engine takes it.
    [[nodiscard]] Result<LoadOptions> options() const;
    [[nodiscard]] Result<std::unique_ptr<Engine>> loadEngine() const;
};

struct SamplingOptions {
    SamplingParameters parameters;
    int64_t seed = -1;
    int maxTokens = 0;

    void addTo(CLI::App& command);
    /// A request with these parameters and no prompt yet.
    [[nodiscard]] Request request() const;
};

/// Submits and steps until the request is finished, telling its on_event, too, where it has one. Its
/// error, where it ended with one.
[[nodiscard]] Result<RequestStatistics> runRequest(Engine& engine, Request request,
                                                   const std::function<void(const std::string&)>& onText);

/// The whole file, or standard input for "-".
[[nodiscard]] Result<std::string> readText(const std::filesystem::path& path);

/// "1.2 GiB".
[[nodiscard]] std::string bytesText(int64_t bytes);

void print(const Json& json);
[[nodiscard]] Json toJson(const RequestStatistics& statistics);
/// One line for people: tokens, rates, time to first token.
[[nodiscard]] std::string summary(const RequestStatistics& statistics);

void addBench(CLI::App& app, const Context& context);
void addChat(CLI::App& app, const Context& context);
void addDoctor(CLI::App& app, const Context& context);
void addEmbed(CLI::App& app, const Context& context);
void addGenerate(CLI::App& app, const Context& context);
void addInspect(CLI::App& app, const Context& context);
void addKernels(CLI::App& app, const Context& context);
void addLogits(CLI::App& app, const Context& context);
void addPlan(CLI::App& app, const Context& context);
void addPerplexity(CLI::App& app, const Context& context);
void addSynth(CLI::App& app, const Context& context);
void addTokenize(CLI::App& app, const Context& context);

} // namespace rocmforge::cli
