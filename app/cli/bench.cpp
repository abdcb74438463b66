// bench: prefill and decode speed, beside what the machine's memory allows.
#include "command.h"

#include <rocmforge/hardware.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <optional>

namespace rocmforge::cli {
namespace {

struct Options {
    ModelOptions model;
    std::vector<int> prompts = {512};
    std::vector<int> generations = {128};
    int repetitions = 5;
};

/// Tokens per second over the repetitions.
struct Rate {
    double mean = 0;
    double deviation = 0;
};

Rate rate(const std::vector<double>& values)
{
    Rate r;
    for (const double value : values)
        r.mean += value / static_cast<double>(values.size());
    for (const double value : values)
        r.deviation += (value - r.mean) * (value - r.mean);
    if (values.size() > 1)
        r.deviation = std::sqrt(r.deviation / static_cast<double>(values.size() - 1));
    return r;
}

/// Tokens that differ from repetition to repetition, so that nothing is found in the cache.
std::vector<int32_t> randomTokens(int n, int vocabSize, uint64_t seed)
{
    std::vector<int32_t> tokens(static_cast<size_t>(n));
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    for (int32_t& token : tokens) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        token = static_cast<int32_t>((state >> 33) % static_cast<uint64_t>(vocabSize));
    }
    return tokens;
}

Request greedy(std::vector<int32_t> prompt, int maxTokens)
{
    Request request;
    request.prompt = std::move(prompt);
    request.sampling.temperature = 0;
    request.max_tokens = maxTokens;
    request.ignore_stop_tokens = true;
    return request;
}

class Bench {
public:
    Bench(Engine& engine, int repetitions)
        : m_engine(engine)
        , m_repetitions(repetitions)
    {
    }

    [[nodiscard]] Result<Rate> prefill(int n) { return measure(n, 1, &RequestStatistics::prefill_rate); }
    [[nodiscard]] Result<Rate> decode(int n) { return measure(1, n + 1, &RequestStatistics::decode_rate); }

private:
    Result<Rate> measure(int promptTokens, int maxTokens, double (RequestStatistics::*value)() const)
    {
        std::vector<double> values;
        for (int i = -1; i < m_repetitions; ++i) { // the first warms up
            auto prompt = randomTokens(promptTokens, m_engine.info().vocab_size, ++m_seed);
            TRY(const RequestStatistics statistics,
                runRequest(m_engine, greedy(std::move(prompt), maxTokens), {}));
            if (i >= 0)
                values.push_back((statistics.*value)());
        }
        return rate(values);
    }

    Engine& m_engine;
    int m_repetitions;
    uint64_t m_seed = 0;
};

struct Row {
    std::string test;
    Rate rate;
    double bytesPerToken = 0; ///< weights read for one token; 0 where arithmetic is the limit
};

/// Reads a token of decode needs: all weights once, and on average half the new KV entries.
double decodeBytes(const Engine& engine, int n)
{
    double kvBytes = 0;
    for (const DevicePlan& device : engine.load_plan().devices)
        kvBytes += static_cast<double>(device.kv_cache);
    const double kvBytesPerToken = kvBytes / std::max(engine.load_plan().kv_tokens, 1);
    return static_cast<double>(engine.info().bytes_per_token) + kvBytesPerToken * n / 2;
}

/// Of the memory that the engine computes from; not measured on GPUs.
std::optional<double> readBandwidth(const ModelOptions& model)
{
    if (model.onGpu())
        return std::nullopt;
    return measure_read_bandwidth(model.load.n_threads ? model.load.n_threads : cpu_info().n_cores);
}

void printText(const Engine& engine, const std::vector<Row>& rows, std::optional<double> bandwidth)
{
    const ModelInfo& info = engine.info();
    std::printf("%s, %s, %s; %s", info.name.c_str(), info.quantization.c_str(),
                bytesText(info.file_bytes).c_str(), engine.backend_name().c_str());
    if (bandwidth)
        std::printf("; memory reads %.1f GB/s", *bandwidth / 1e9);
    std::printf("\n%-10s %18s %14s %10s %8s\n", "test", "tok/s", "bytes/token", "GB/s",
                bandwidth ? "of max" : "");
    for (const Row& row : rows) {
        std::printf("%-10s %10.2f ± %5.2f", row.test.c_str(), row.rate.mean, row.rate.deviation);
        if (row.bytesPerToken > 0) {
            const double achieved = row.bytesPerToken * row.rate.mean;
            std::printf(" %14s %10.2f", bytesText(static_cast<int64_t>(row.bytesPerToken)).c_str(),
                        achieved / 1e9);
            if (bandwidth)
                std::printf(" %6.1f %%", 100 * achieved / *bandwidth);
        }
        std::printf("\n");
    }
}

Json toJson(const Engine& engine, const std::vector<Row>& rows, std::optional<double> bandwidth)
{
    Json json = {{"model", engine.info().name},
                 {"quantization", engine.info().quantization},
                 {"backend", engine.backend_name()},
                 {"tests", Json::array()}};
    if (bandwidth)
        json["read_bandwidth"] = *bandwidth;
    for (const Row& row : rows) {
        Json test = {
            {"test", row.test}, {"tokens_per_second", row.rate.mean}, {"deviation", row.rate.deviation}};
        if (row.bytesPerToken > 0) {
            test["bytes_per_token"] = row.bytesPerToken;
            test["bytes_per_second"] = row.bytesPerToken * row.rate.mean;
            if (bandwidth)
                test["fraction_of_bandwidth"] = row.bytesPerToken * row.rate.mean / *bandwidth;
        }
        json["tests"].push_back(std::move(test));
    }
    return json;
}

Status run(const Options& options, const Context& context)
{
    TRY(const auto engine, options.model.loadEngine());
    const std::optional<double> bandwidth = readBandwidth(options.model);
    Bench bench(*engine, options.repetitions);
    std::vector<Row> rows;
    for (const int n : options.prompts) {
        if (n == 0)
            continue;
        TRY(const Rate prefill, bench.prefill(n));
        rows.push_back({"pp" + std::to_string(n), prefill, 0});
    }
    for (const int n : options.generations) {
        if (n == 0)
            continue;
        TRY(const Rate decode, bench.decode(n));
        rows.push_back({"tg" + std::to_string(n), decode, decodeBytes(*engine, n)});
    }
    if (context.json)
        print(toJson(*engine, rows, bandwidth));
    else
        printText(*engine, rows, bandwidth);
    return {};
}

} // namespace

void addBench(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("bench", "prefill and decode speed, and what memory allows");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    command->add_option("-p,--prompt", options->prompts, "prompt lengths; 0 = none")->delimiter(',');
    command->add_option("-n,--generate", options->generations, "tokens to generate; 0 = none")
        ->delimiter(',');
    command->add_option("-r,--repetitions", options->repetitions)->check(CLI::PositiveNumber);
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
