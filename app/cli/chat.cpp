// chat: a conversation in the terminal.
#include "command.h"

#include <csignal>
#include <iostream>

namespace rocmforge::cli {
namespace {

struct Options {
    ModelOptions model;
    SamplingOptions sampling;
    std::string system;
};

volatile std::sig_atomic_t interrupted = 0;

/// One answer, streamed; Ctrl-C ends it and keeps what came.
Result<RequestStatistics> answer(Engine& engine, Request request, std::string& text)
{
    interrupted = 0;
    RequestEvent last;
    bool finished = false;
    request.on_event = [&](const RequestEvent& event) {
        text += event.text;
        std::cout << event.text << std::flush;
        if (event.kind == RequestEvent::Kind::finished) {
            finished = true;
            last = event;
        }
    };
    const RequestId id = engine.submit(std::move(request));
    while (!finished) {
        if (interrupted)
            engine.cancel(id);
        engine.step();
    }
    std::cout << '\n';
    if (last.error)
        return std::unexpected(*last.error);
    return last.statistics;
}

Status run(const Options& options, const Context& context)
{
    TRY(const auto engine, options.model.loadEngine());
    std::signal(SIGINT, [](int) { interrupted = 1; });
    std::vector<ChatMessage> messages;
    if (!options.system.empty())
        messages.push_back({"system", options.system});
    if (!context.json)
        std::cerr << engine->info().name << " on " << engine->backend_name() << ". Ctrl-D ends the chat.\n";

    std::string line;
    while (std::cerr << "> " << std::flush, std::getline(std::cin, line)) {
        if (line.empty())
            continue;
        messages.push_back({"user", line});
        TRY(RenderedPrompt prompt, engine->render(messages));
        Request request = options.sampling.request();
        request.prompt = std::move(prompt.tokens);
        std::string text;
        TRY(const RequestStatistics statistics, answer(*engine, std::move(request), text));
        std::cerr << "[" << summary(statistics) << "]\n";
        messages.push_back({"assistant", text});
    }
    if (context.json) {
        Json conversation = Json::array();
        for (const ChatMessage& message : messages)
            conversation.push_back({{"role", message.role}, {"content", message.content}});
        print({{"messages", conversation}});
    }
    return {};
}

} // namespace

void addChat(CLI::App& app, const Context& context)
{
    auto* command = app.add_subcommand("chat", "a conversation; one line of input is one message");
    auto options = std::make_shared<Options>();
    options->model.addTo(*command);
    options->sampling.addTo(*command);
    command->add_option("--system", options->system, "system prompt");
    onRun(*command, context, [options, &context] { return run(*options, context); });
}

} // namespace rocmforge::cli
