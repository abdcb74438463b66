// perplexity: how well a model predicts a text; exp of the mean negative log-likelihood.
#include "command.h"

#include <algorithm>
#include <cmath>
#include <iostream>

namespace rocmforge::cli {
namespace {

struct Options {
    ModelOptions model;
    std::filesystem::path file;
    int window = 512;
};

/// -log softmax(logits)[token].
double negativeLogLikelihood(std::span<const float> logits, int32_t token)
{
    const double largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float logit : logits)
        sum += std::exp(static_cast<double>(logit) - largest);
    return std::log(sum) + largest - static_cast<double>(logits[static_cast<size_t>(token)]);
}

/// Sum over the second half of the window, whose tokens have at least half a window of context.
Result<double> windowLoss(Engine& engine, std::span<const int32_t> tokens, int chunk)
{
    TRY(const auto logits, engine.logits(tokens, chunk));
    const size_t vocabSize = logits.size() / tokens.size();
    double loss = 0;
    for (size_t i = tokens.size() / 2; i + 1 < tokens.size(); ++i)
        loss += negativeLogLikelihood(std::span(logits).subspan(i * vocabSize, vocabSize), tokens[i + 1]);
    return loss;
}

Status run(const Options& options, const Context& context)
{
    TRY(const std::string text, readText(options.file));
    TRY(const auto engine, options.model.loadEngine());
    const auto tokens = engine->tokenize(text, true, false);
    const size_t window = static_cast<size_t>(std::min(options.window, engine->n_ctx()));
    if (tokens.size() < window)
        return fail(ErrorKind::invalid_request,
                    "The text has " + std::to_string(tokens.size()) + " tokens, less than one window of "
                        + std::to_string(window) + ".",
                    "Give a longer text or a smaller --window.");
    double loss = 0;
    size_t counted = 0;
    for (size_t first = 0; first + window <= tokens.size(); first += window) {
        TRY(const double part,
            windowLoss(*engine, std::span(tokens).subspan(first, window), options.model.load.prefill_chunk));
        loss += part;
        counted += window - 1 - window / 2;
        if (!context.json)
            std::cerr << '\r' << first / window + 1 << '/' << tokens.size() / window << "  "
                      << std::exp(loss / static_cast<double>(counted)) << std::flush;
    }
    const double perplexity = std::exp(loss / static_cast<double>(counted));
    if (context.json)
        print({{"perplexity", perplexity}, {"tokens", counted}, {"window", window}});
    else
        std::cout << "\nperplexity " << perplexity << " over " << counted << " tokens\n";
    return {};
}

} // namespace

void addPerplexity(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("perplexity", "how well a model predicts a text");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    command->add_option("-f,--file", options->file, "the text; - is standard input")->required();
    command->add_option("--window", options->window, "tokens per window; the second half of each counts")
        ->check(CLI::Range(4, 1 << 20));
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
