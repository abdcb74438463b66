// generate: continue a text, or answer it as a chat message.
#include "candidates.h"
#include "command.h"

#include <iostream>

namespace rocmforge::cli {
namespace {

struct Options {
    ModelOptions model;
    SamplingOptions sampling;
    std::string prompt;
    std::filesystem::path file;
    std::string system;
    std::vector<std::string> stop;
    bool chat = false;
    bool special = false;
    int candidates = 0;
};

Result<std::vector<int32_t>> promptTokens(const Engine& engine, const Options& options,
                                          const std::string& text)
{
    if (!options.chat)
        return engine.tokenize(text, true, options.special);
    std::vector<ChatMessage> messages;
    if (!options.system.empty())
        messages.push_back({"system", options.system});
    messages.push_back({"user", text});
    TRY(RenderedPrompt prompt, engine.render(messages));
    if (prompt.fallback)
        std::cerr << "note: " << prompt.fallback_reason << '\n';
    return std::move(prompt.tokens);
}

Status run(const Options& options, const Context& context)
{
    std::string text = options.prompt;
    if (!options.file.empty()) {
        TRY(text, readText(options.file));
    }
    TRY(const auto engine, options.model.loadEngine());
    Request request = options.sampling.request();
    TRY(request.prompt, promptTokens(*engine, options, text));
    request.stop = options.stop;
    request.n_candidates = options.candidates;
    CandidateLog candidates(*engine);
    if (options.candidates > 0)
        request.on_event = [&](const RequestEvent& event) { candidates.add(event); };

    std::string answer;
    const auto onText = [&](const std::string& piece) {
        if (context.json)
            answer += piece;
        else
            std::cout << piece << std::flush;
    };
    TRY(const RequestStatistics statistics, runRequest(*engine, std::move(request), onText));
    if (context.json) {
        Json result{{"text", answer}, {"statistics", toJson(statistics)}};
        if (options.candidates > 0)
            result["tokens"] = candidates.toJson();
        print(result);
    } else {
        std::cout << std::endl;
        std::cerr << candidates.table() << summary(statistics) << '\n';
    }
    return {};
}

} // namespace

void addGenerate(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("generate", "continue a text, or answer it with --chat");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    options->sampling.addTo(*command);
    auto* prompt = command->add_option("-p,--prompt", options->prompt, "the text");
    command->add_option("-f,--file", options->file, "read the text from a file; - is standard input")
        ->excludes(prompt);
    command->add_flag("--chat", options->chat, "send the text as a message through the chat template");
    command->add_option("--system", options->system, "system prompt, with --chat");
    command->add_option("--stop", options->stop, "end before this text; may be repeated");
    command->add_flag("--special", options->special, "recognize special tokens in the text");
    command
        ->add_option("--candidates", options->candidates,
                     "tell the most probable tokens for each token, and which of them were cut")
        ->check(CLI::Range(0, max_token_candidates));
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
