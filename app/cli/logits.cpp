// logits: raw float32 logits after every one of the given tokens, for comparisons.
#include "command.h"

#include <cstring>
#include <fstream>
#include <iostream>

namespace rocmforge::cli {
namespace {

struct Options {
    ModelOptions model;
    std::vector<int32_t> tokens;
    std::filesystem::path output;
};

Status write(const std::filesystem::path& path, const std::vector<float>& values)
{
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
    file.close();
    if (!file)
        return fail(ErrorKind::unreadable,
                    "Cannot write " + path.string() + ": " + std::strerror(errno) + ".");
    return {};
}

Status run(const Options& options, const Context& context)
{
    TRY(const auto engine, options.model.loadEngine());
    TRY(const auto logits, engine->logits(options.tokens, options.model.load.prefill_chunk));
    TRY_STATUS(write(options.output, logits));
    const size_t vocabSize = logits.size() / options.tokens.size();
    if (context.json)
        print(
            {{"rows", options.tokens.size()}, {"vocab_size", vocabSize}, {"path", options.output.string()}});
    else
        std::cerr << options.tokens.size() << " x " << vocabSize << " float32 written to "
                  << options.output.string() << '\n';
    return {};
}

} // namespace

void addLogits(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("logits", "write the logits after every given token as raw float32");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    command->add_option("--tokens", options->tokens, "token ids, separated by commas")
        ->delimiter(',')
        ->required();
    command->add_option("-o,--output", options->output, "file to write: (tokens, vocabulary) float32")
        ->required();
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
