// inspect: the fact sheet of a model file, read from its header alone.
#include "command.h"

#include <iomanip>
#include <iostream>

namespace rocmforge::cli {
namespace {

Json toJson(const ModelInfo& info)
{
    Json json = {{"path", info.path.string()},
                 {"name", info.name},
                 {"architecture", info.architecture},
                 {"license", info.license},
                 {"quantization", info.quantization},
                 {"file_bytes", info.file_bytes},
                 {"n_tensors", info.n_tensors},
                 {"n_parameters", info.n_parameters},
                 {"n_active_parameters", info.n_active_parameters},
                 {"bytes_per_token", info.bytes_per_token},
                 {"n_layers", info.n_layers},
                 {"n_embd", info.n_embd},
                 {"n_heads", info.n_heads},
                 {"n_kv_heads", info.n_kv_heads},
                 {"head_dim", info.head_dim},
                 {"n_ctx_train", info.n_ctx_train},
                 {"n_experts", info.n_experts},
                 {"n_experts_used", info.n_experts_used},
                 {"vocab_size", info.vocab_size},
                 {"tokenizer", info.tokenizer},
                 {"embedding", info.embedding},
                 {"chat_template", info.chat_template},
                 {"warnings", info.warnings},
                 {"unsupported", info.unsupported},
                 {"can_try_as", info.can_try_as}};
    for (const FormatShare& share : info.formats) {
        json["formats"].push_back({{"format", share.format},
                                   {"n_tensors", share.n_tensors},
                                   {"n_weights", share.n_weights},
                                   {"bytes", share.bytes}});
    }
    for (const Shard& shard : info.shards)
        json["shards"].push_back(
            {{"path", shard.path.string()}, {"present", shard.present}, {"bytes", shard.bytes}});
    for (const MemoryPlan& plan : info.memory) {
        json["memory"].push_back({{"n_ctx", plan.n_ctx},
                                  {"weights", plan.weights},
                                  {"kv_cache", plan.kv_cache},
                                  {"q8_0_kv_cache", plan.q8_0_kv_cache},
                                  {"states", plan.states},
                                  {"scratch", plan.scratch},
                                  {"total", plan.total()}});
    }
    return json;
}

std::string parametersText(int64_t n)
{
    char text[32];
    if (n >= 1'000'000'000)
        std::snprintf(text, sizeof text, "%.2f billion", static_cast<double>(n) / 1e9);
    else
        std::snprintf(text, sizeof text, "%.1f million", static_cast<double>(n) / 1e6);
    return text;
}

std::ostream& row(const char* label)
{
    return std::cout << std::left << std::setw(16) << label;
}

void printFormats(const ModelInfo& info)
{
    const char* label = "tensors";
    for (const FormatShare& share : info.formats) {
        row(label) << share.format << ": " << share.n_tensors << " tensors, " << bytesText(share.bytes)
                   << '\n';
        label = "";
    }
}

void printMemory(const ModelInfo& info)
{
    const char* label = "memory";
    for (const MemoryPlan& plan : info.memory) {
        row(label) << bytesText(plan.total()) << " with " << plan.n_ctx << " tokens of context (weights "
                   << bytesText(plan.weights) << ", KV cache " << bytesText(plan.kv_cache);
        if (plan.q8_0_kv_cache < plan.kv_cache)
            std::cout << ", as Q8_0 " << bytesText(plan.q8_0_kv_cache);
        if (plan.states > 0)
            std::cout << ", recurrent states " << bytesText(plan.states);
        std::cout << ", scratch " << bytesText(plan.scratch) << ")\n";
        label = "";
    }
}

void printTemplate(const ModelInfo& info)
{
    if (!info.embedding.empty()) {
        row("purpose") << info.embedding << '\n';
        return;
    }
    if (info.chat_template.empty()) {
        row("chat template") << "none: ChatML is used\n";
        return;
    }
    std::string preview = info.chat_template.substr(0, 160);
    for (char& c : preview) {
        if (c == '\n')
            c = ' ';
    }
    row("chat template") << preview << (info.chat_template.size() > preview.size() ? " …" : "") << '\n';
}

void printText(const ModelInfo& info)
{
    row("name") << info.name << '\n';
    row("architecture") << info.architecture << ", " << info.n_layers << " layers, " << info.n_embd
                        << " channels";
    if (info.n_heads > 0)
        std::cout << ", " << info.n_heads << " heads (" << info.n_kv_heads << " KV) of " << info.head_dim;
    std::cout << '\n';
    row("parameters") << parametersText(info.n_parameters);
    if (info.n_active_parameters < info.n_parameters)
        std::cout << ", " << parametersText(info.n_active_parameters) << " active per token ("
                  << info.n_experts_used << " of " << info.n_experts << " experts)";
    std::cout << '\n';
    row("quantization") << info.quantization << ", " << bytesText(info.file_bytes) << '\n';
    printFormats(info);
    row("context") << info.n_ctx_train << " tokens\n";
    row("tokenizer") << info.tokenizer << ", " << info.vocab_size << " tokens\n";
    printTemplate(info);
    if (!info.license.empty())
        row("license") << info.license << '\n';
    printMemory(info);
    for (const Shard& shard : info.shards) {
        if (!shard.present)
            row("missing part") << shard.path.string() << '\n';
    }
    for (const std::string& warning : info.warnings)
        row("warning") << warning << '\n';
    row("runs here") << (info.unsupported.empty() ? "yes" : "no: " + info.unsupported) << '\n';
    if (!info.can_try_as.empty())
        row("") << "Its tensors are those of " << info.can_try_as << ": it can be tried with --architecture "
                << info.can_try_as << ".\n";
}

} // namespace

void addInspect(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("inspect", "what a model file holds, from its header alone");
    auto path = std::make_shared<std::filesystem::path>();
    command->add_option("model", *path, "GGUF file")->required();
    onRun(*command, context, [path, &context]() -> Status {
        TRY(const ModelInfo info, inspect(*path));
        if (context.json)
            print(toJson(info));
        else
            printText(info);
        return {};
    });
}

} // namespace rocmforge::cli
