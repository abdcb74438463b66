#include "inference/prompt.h"

#include <algorithm>

namespace {

using rocmforge::ChatMessage;
using rocmforge::Engine;
using rocmforge::Result;

/// Tokens kept free for the answer: a quarter of the context, at most 1024, less if so chosen.
int roomForAnswer(int contextSize, int maxTokens)
{
    const int room = std::min(contextSize / 4, 1024);
    return maxTokens > 0 ? std::min(room, maxTokens) : room;
}

bool isSystem(const ChatMessage& message)
{
    return message.role == "system";
}

/// Indices at which the conversation may begin: each of the user's messages.
std::vector<size_t> turnStarts(const std::vector<ChatMessage>& messages)
{
    std::vector<size_t> starts;
    for (size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].role == "user")
            starts.push_back(i);
    }
    return starts;
}

std::vector<ChatMessage> withoutOldest(const std::vector<ChatMessage>& messages, size_t firstKept)
{
    std::vector<ChatMessage> kept;
    if (!messages.empty() && isSystem(messages.front()))
        kept.push_back(messages.front());
    kept.insert(kept.end(), messages.begin() + ptrdiff_t(std::max(firstKept, kept.size())), messages.end());
    return kept;
}

/// Renders the conversation from different turns on.
class Renderer {
public:
    Renderer(const Engine& engine, const GenerationRequest& request)
        : m_engine(engine)
        , m_request(request)
        , m_starts(turnStarts(request.messages))
        , m_begun(engine.tokenize(asOutput(request.begun), false, true))
    {
    }

    [[nodiscard]] size_t turnCount() const { return m_starts.size(); }

    Result<Prompt> fromTurn(size_t turn) const
    {
        const size_t first = turn == 0 || m_starts.empty() ? 0 : m_starts[turn];
        const std::vector<ChatMessage> kept = withoutOldest(m_request.messages, first);
        TRY(auto rendered, m_engine.render(kept));
        Prompt prompt;
        prompt.tokens = std::move(rendered.tokens);
        prompt.tokens.insert(prompt.tokens.end(), m_begun.begin(), m_begun.end());
        prompt.droppedMessages = int(m_request.messages.size() - kept.size());
        prompt.fallbackReason = rendered.fallback ? rendered.fallback_reason : std::string();
        prompt.text = std::move(rendered.text);
        return prompt;
    }

private:
    const Engine& m_engine;
    const GenerationRequest& m_request;
    std::vector<size_t> m_starts;
    std::vector<int32_t> m_begun;
};

} // namespace

Result<Prompt> assemblePrompt(const Engine& engine, const GenerationRequest& request)
{
    const Renderer renderer(engine, request);
    const auto room = size_t(engine.n_ctx() - roomForAnswer(engine.n_ctx(), request.maxTokens));
    TRY(auto whole, renderer.fromTurn(0));
    if (whole.tokens.size() <= room)
        return whole;

    // The fewest dropped turns that fit, by bisection: rendering a long chat is not cheap.
    size_t tooMany = 0;
    size_t enough = renderer.turnCount() == 0 ? 0 : renderer.turnCount() - 1;
    TRY(auto shortest, renderer.fromTurn(enough));
    if (shortest.tokens.size() >= size_t(engine.n_ctx()))
        return rocmforge::fail(rocmforge::ErrorKind::context_full,
                               "The message has " + std::to_string(shortest.tokens.size())
                                   + " tokens, but the context holds only " + std::to_string(engine.n_ctx())
                                   + ".",
                               "Shorten the message, or load the model with a longer context.");
    while (enough - tooMany > 1) {
        const size_t middle = tooMany + (enough - tooMany) / 2;
        TRY(auto candidate, renderer.fromTurn(middle));
        if (candidate.tokens.size() > room) {
            tooMany = middle;
        } else {
            enough = middle;
            shortest = std::move(candidate);
        }
    }
    return shortest;
}
