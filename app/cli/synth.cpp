// synth: a model file with random weights at real shapes.
#include "command.h"

#include <rocmforge/synth.h>

#include <iostream>

namespace rocmforge::cli {
namespace {

struct Options {
    SynthOptions synth;
    std::filesystem::path output;
};

Status run(Options& options, const Context& context)
{
    if (!context.json) {
        options.synth.progress = [](double done) {
            std::cerr << '\r' << static_cast<int>(done * 100) << " %" << std::flush;
            return true;
        };
    }
    TRY_STATUS(write_synthetic_model(options.output, options.synth));
    const int64_t bytes = static_cast<int64_t>(std::filesystem::file_size(options.output));
    if (context.json)
        print({{"path", options.output.string()}, {"bytes", bytes}});
    else
        std::cerr << "\rwrote " << options.output.string() << ", " << bytesText(bytes) << '\n';
    return {};
}

} // namespace

void addSynth(CLI::App& app, const Context& context)
{
    auto* command =
        app.add_subcommand("synth", "write a model with random weights at real shapes, to measure");
    auto options = std::make_shared<Options>();
    command->add_option("output", options->output, "GGUF file to write")->required();
    command->add_option("--preset", options->synth.preset, "shapes")->check(CLI::IsMember(synth_presets()));
    command->add_option("--quant", options->synth.quantization,
                        "Q4_K_M, Q5_K_M or one format: Q8_0, Q4_0, F16, …");
    command->add_option("--seed", options->synth.seed);
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
