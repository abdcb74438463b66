// embed: texts as vectors.
#include "command.h"

#include <rocmforge/embedding.h>

#include <iostream>
#include <map>
#include <sstream>

namespace rocmforge::cli {
namespace {

struct Options {
    ModelOptions model;
    std::vector<std::string> texts;
    std::filesystem::path file;
    EmbeddingOptions embedding;
};

/// Those of the command line, or the lines of the file or of standard input.
Result<std::vector<std::string>> textsOf(const Options& options)
{
    if (!options.texts.empty())
        return options.texts;
    TRY(std::string content, readText(options.file.empty() ? "-" : options.file));
    std::vector<std::string> lines;
    std::istringstream stream(std::move(content));
    for (std::string line; std::getline(stream, line);) {
        if (!line.empty())
            lines.push_back(line);
    }
    return lines;
}

void printText(const std::vector<float>& values, size_t nEmbd)
{
    for (size_t i = 0; i < values.size(); ++i)
        std::cout << values[i] << ((i + 1) % nEmbd ? ' ' : '\n');
}

/// An array of numbers, or of one such array per token.
Json toJson(const std::vector<float>& values, size_t nEmbd, bool perToken)
{
    if (!perToken)
        return values;
    Json vectors = Json::array();
    for (auto first = values.begin(); first != values.end(); first += static_cast<ptrdiff_t>(nEmbd))
        vectors.push_back(std::vector<float>(first, first + static_cast<ptrdiff_t>(nEmbd)));
    return vectors;
}

Status run(const Options& options, const Context& context)
{
    TRY(const auto texts, textsOf(options));
    TRY(const auto engine, options.model.loadEngine());
    const auto nEmbd = static_cast<size_t>(engine->info().n_embd);
    const bool perToken = options.embedding.pooling == Pooling::none;
    Json embeddings = Json::array();
    for (const std::string& text : texts) {
        const auto tokens = engine->tokenize(text, true, false);
        TRY(const auto values, engine->embed(tokens, options.embedding));
        if (context.json)
            embeddings.push_back(
                {{"text", text}, {"tokens", tokens.size()}, {"embedding", toJson(values, nEmbd, perToken)}});
        else
            printText(values, nEmbd);
    }
    if (context.json)
        print({{"model", engine->info().name}, {"n_embd", nEmbd}, {"embeddings", embeddings}});
    return {};
}

} // namespace

void addEmbed(CLI::App& app, const Context& context)
{
    const std::map<std::string, Pooling> poolings{
        {"none", Pooling::none}, {"mean", Pooling::mean}, {"cls", Pooling::cls}, {"last", Pooling::last}};
    auto* command = app.add_subcommand("embed", "vectors of texts, one line of numbers each");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    auto* texts = command->add_option("texts", options->texts, "texts; default: the lines of standard input");
    command->add_option("-f,--file", options->file, "read texts from a file, one per line")->excludes(texts);
    command->add_option("--pooling", options->embedding.pooling, "default: the model's own, or mean")
        ->transform(CLI::CheckedTransformer(poolings));
    command->add_flag("--normalize,!--no-normalize", options->embedding.normalized,
                      "vectors of length 1; the default");
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
