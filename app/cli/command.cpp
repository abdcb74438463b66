#include "command.h"

#include "doctor/self_test_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

namespace rocmforge::cli {

namespace {

void printError(const Error& error, const Context& context)
{
    if (context.json) {
        print({{"error", {{"message", error.message}, {"remedy", error.remedy}}}});
        return;
    }
    std::cerr << "error: " << error.message << '\n';
    if (!error.remedy.empty())
        std::cerr << "       " << error.remedy << '\n';
}

/// What is wrong with the value of --gpu-layers; empty = nothing.
std::string checkLayers(const std::string& text)
{
    const bool isNumber = !text.empty() && text.size() < 6
        && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return isNumber || text == "auto" || text == "all" ? "" : "it is neither a number nor all or auto";
}

} // namespace

void onRun(CLI::App& command, const Context& context, Action action)
{
    command.callback([&context, action = std::move(action)] {
        if (const Status status = action(); !status) {
            printError(status.error(), context);
            throw CLI::RuntimeError(1);
        }
    });
}

void ModelOptions::addTo(CLI::App& command)
{
    command.add_option("model", path, "GGUF file (of a split model any part)")->required();
    command.add_option("--device", device, "where to compute")->check(CLI::IsMember({"cpu", "gpu"}));
    command.add_option("--gpu", load.gpu, "which GPU: its index, PCI address or a part of its name")
        ->type_name("INDEX|NAME");
    command
        .add_option("--gpu-layers", gpuLayers,
                    "layers on the GPU: a number, \"all\" or as many as fit, \"auto\"")
        ->type_name("N|all|auto")
        ->check(checkLayers);
    command.add_flag("--cpu-experts", cpuExperts, "keep the experts of a mixture in the CPU's memory");
    command.add_option("-t,--threads", load.n_threads, "threads; 0 = one per core")
        ->check(CLI::NonNegativeNumber);
    command.add_option("-c,--ctx", load.n_ctx, "context length in tokens; 0 = the model's, at most 8192")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--chunk", load.prefill_chunk, "most prompt tokens per step")
        ->check(CLI::PositiveNumber);
    command.add_option("--kv-type", kvType, "type of the KV cache; q8_0 takes about half the memory of f16")
        ->check(CLI::IsMember({"f32", "f16", "q8_0"}));
    command.add_option("--architecture", load.architecture,
                       "run the model as this architecture, not its own");
    command.add_option("--simd", load.simd, "instruction set; default: the best of this CPU")
        ->check(CLI::IsMember({"scalar", "avx2", "avx512"}));
    command.add_option("--lora", adapters, "LoRA adapter in a GGUF file; may be repeated")
        ->allow_extra_args(false);
    command.add_option("--lora-scale", adapterScales, "how much of the adapters is added, in their order")
        ->allow_extra_args(false);
}

Result<LoadOptions> ModelOptions::options() const
{
    LoadOptions options = load;
    options.device = onGpu() ? ComputeDevice::gpu : ComputeDevice::cpu;
    options.experts = cpuExperts ? ExpertDevice::cpu : ExpertDevice::of_layer;
    if (gpuLayers != "auto")
        options.n_gpu_layers = gpuLayers == "all" ? LoadOptions::all_layers : std::atoi(gpuLayers.c_str());
    options.kv_type = kvType == "f32" ? KvType::f32 : kvType == "q8_0" ? KvType::q8_0 : KvType::f16;
    if (adapterScales.size() > adapters.size())
        return fail(ErrorKind::invalid_value, "There are more --lora-scale than --lora options.",
                    "Give every scale an adapter.");
    for (size_t i = 0; i < adapters.size(); ++i)
        options.adapters.push_back({adapters[i], i < adapterScales.size() ? adapterScales[i] : 1});
    return SelfTestFile(dataDirectory()).remembering(std::move(options));
}

Result<std::unique_ptr<Engine>> ModelOptions::loadEngine() const
{
    TRY(const LoadOptions options, this->options());
    TRY(auto engine, Engine::load(path, options));
    for (const std::string& warning : engine->info().warnings)
        std::cerr << "note: " << warning << '\n';
    return engine;
}

void SamplingOptions::addTo(CLI::App& command)
{
    command.add_option("-n,--max-tokens", maxTokens, "most tokens to generate; 0 = until the model stops")
        ->check(CLI::NonNegativeNumber);
    command.add_option("--temperature", parameters.temperature, "0 = greedy")->check(CLI::Range(0.0, 5.0));
    command.add_option("--top-k", parameters.top_k, "0 = all")->check(CLI::NonNegativeNumber);
    command.add_option("--top-p", parameters.top_p)->check(CLI::Range(0.0, 1.0));
    command.add_option("--min-p", parameters.min_p)->check(CLI::Range(0.0, 1.0));
    command.add_option("--repetition-penalty", parameters.repetition_penalty)->check(CLI::Range(0.1, 10.0));
    command.add_option("--presence-penalty", parameters.presence_penalty);
    command.add_option("--frequency-penalty", parameters.frequency_penalty);
    command.add_option("--penalty-window", parameters.penalty_window, "tokens looked back upon; -1 = all");
    command.add_option("--seed", seed, "-1 = random");
}

Request SamplingOptions::request() const
{
    Request request;
    request.sampling = parameters;
    request.max_tokens = maxTokens;
    if (seed >= 0)
        request.sampling.seed = static_cast<uint64_t>(seed);
    return request;
}

Result<RequestStatistics> runRequest(Engine& engine, Request request,
                                     const std::function<void(const std::string&)>& onText)
{
    bool finished = false;
    RequestEvent last;
    request.on_event = [&, onEvent = std::move(request.on_event)](const RequestEvent& event) {
        if (onEvent)
            onEvent(event);
        if (!event.text.empty() && onText)
            onText(event.text);
        if (event.kind == RequestEvent::Kind::finished) {
            finished = true;
            last = event;
        }
    };
    static_cast<void>(engine.submit(std::move(request)));
    while (!finished)
        engine.step();
    if (last.error)
        return std::unexpected(*last.error);
    return last.statistics;
}

Result<std::string> readText(const std::filesystem::path& path)
{
    if (path == "-")
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    if (!file.is_open() || file.bad())
        return fail(ErrorKind::unreadable,
                    "Cannot read " + path.string() + ": " + std::strerror(errno) + ".");
    return text;
}

std::string bytesText(int64_t bytes)
{
    const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = static_cast<double>(bytes);
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < std::size(units); ++unit)
        value /= 1024;
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

void print(const Json& json)
{
    std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

Json toJson(const RequestStatistics& s)
{
    return {{"prompt_tokens", s.prompt_tokens},
            {"reused_tokens", s.reused_tokens},
            {"generated_tokens", s.generated_tokens},
            {"time_to_first_token", s.time_to_first_token},
            {"prefill_tokens_per_second", s.prefill_rate()},
            {"decode_tokens_per_second", s.decode_rate()},
            {"seed", s.seed}};
}

std::string summary(const RequestStatistics& s)
{
    char text[200];
    std::snprintf(
        text, sizeof text,
        "%d prompt tokens (%d reused) at %.1f tok/s, first token after %.2f s, %d tokens at %.1f tok/s",
        s.prompt_tokens, s.reused_tokens, s.prefill_rate(), s.time_to_first_token, s.generated_tokens,
        s.decode_rate());
    return text;
}

} // namespace rocmforge::cli
