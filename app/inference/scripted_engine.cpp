#include "inference/scripted_engine.h"

#include <algorithm>
#include <thread>

namespace {

using namespace rocmforge;

constexpr std::string_view showcase = R"(## Reversing a list

There are **three** ways to do it in *Python*; the first changes the list, the others make a new one.

1. `items.reverse()` works in place
2. `reversed(items)` gives an iterator
3. `items[::-1]` makes a copy

```python
def reverse(items: list[int]) -> list[int]:
    """Return the items in the opposite order."""
    return items[::-1]

print(reverse([1, 2, 3]))  # [3, 2, 1]
```

| way | new list | time |
|:---|:---:|---:|
| `reverse()` | no | O(n) |
| `reversed()` | no | O(1) |
| `[::-1]` | yes | O(n) |

> Prefer the first when nobody else holds the list.

More in the [Python documentation](https://docs.python.org/3/library/functions.html#reversed).
)";

constexpr std::string_view thoughtful = R"(<think>
The question is simple. I should answer it in one sentence:

- no list
- no code
</think>

The answer is **42**.
)";

std::string longAnswer()
{
    std::string text;
    for (int i = 1; i <= 200; ++i)
        text += "Paragraph " + std::to_string(i) + " says the same as the one before it, only later.\n\n";
    return text;
}

std::string lastMessage(const std::string& prompt)
{
    const size_t begin = prompt.rfind("user: ");
    return begin == std::string::npos ? prompt : prompt.substr(begin);
}

/// Words with the white space behind them.
std::deque<std::string> wordsOf(std::string_view text)
{
    std::deque<std::string> words;
    while (!text.empty()) {
        size_t end = text.find_first_of(" \n");
        end = end == std::string_view::npos ? text.size() : text.find_first_not_of(" \n", end);
        end = std::min(end, text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return words;
}

/// The part of `answer` that is not at the end of the prompt already, for an answer written on.
std::string_view restOf(std::string_view answer, std::string_view prompt)
{
    const size_t begin = prompt.rfind("assistant: ");
    const std::string_view said = begin == std::string_view::npos ? "" : prompt.substr(begin + 11);
    return answer.starts_with(said) ? answer.substr(said.size()) : answer;
}

std::string answerTo(const std::string& prompt)
{
    const std::string message = lastMessage(prompt);
    if (message.find("think") != std::string::npos)
        return std::string(thoughtful);
    if (message.find("long") != std::string::npos)
        return longAnswer();
    if (message.find("repeat") != std::string::npos)
        return "```\n" + prompt + "\n```\n";
    return std::string(showcase);
}

/// Letters, each with 70 % of the probability of the one before; the first is drawn.
void tellCandidates(RequestEvent& event, const Request& request)
{
    float probability = 0.3f;
    for (int i = 0; i < request.n_candidates; ++i, probability *= 0.7f)
        event.candidates.push_back({'a' + i, probability});
    mark_kept(event.candidates, request.sampling);
    event.token = 'a';
    event.probability = 0.3f;
}

} // namespace

Result<std::unique_ptr<Engine>> ScriptedEngine::load(const std::filesystem::path& path,
                                                     const LoadOptions& load, const Options& options)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return fail(ErrorKind::not_found, "There is no file " + path.string() + ".", "Choose another file.");
    constexpr int steps = 20;
    for (int i = 0; i <= steps; ++i) {
        if (load.progress && !load.progress(double(i) / steps))
            return fail(ErrorKind::cancelled, "Loading was cancelled.");
        std::this_thread::sleep_for(options.tokenDelay);
    }
    return std::make_unique<ScriptedEngine>(path, options);
}

ScriptedEngine::ScriptedEngine(const std::filesystem::path& path, const Options& options)
    : m_options(options)
{
    std::error_code error;
    m_info.path = path;
    m_info.name = "Scripted";
    m_info.architecture = "script";
    m_info.quantization = "Q8_0";
    m_info.file_bytes = int64_t(std::filesystem::file_size(path, error));
    m_info.n_ctx_train = options.contextSize;
    m_info.chat_template = "role: content";
}

std::vector<int32_t> ScriptedEngine::tokenize(std::string_view text, bool, bool) const
{
    std::vector<int32_t> tokens;
    for (const char c : text)
        tokens.push_back(static_cast<unsigned char>(c));
    return tokens;
}

std::string ScriptedEngine::detokenize(std::span<const int32_t> tokens, bool) const
{
    std::string text;
    for (const int32_t token : tokens)
        text += char(token);
    return text;
}

Result<RenderedPrompt> ScriptedEngine::render(std::span<const ChatMessage> messages,
                                              const RenderOptions&) const
{
    RenderedPrompt prompt;
    for (const ChatMessage& message : messages)
        prompt.text += message.role + ": " + message.content + "\n";
    prompt.text += "assistant: ";
    prompt.tokens = tokenize(prompt.text, true, true);
    return prompt;
}

ScriptedEngine::Job ScriptedEngine::plan(Request request) const
{
    Job job;
    const std::string prompt = detokenize(request.prompt, true);
    const std::string answer = answerTo(prompt);
    job.words = wordsOf(restOf(answer, prompt));
    job.fails = lastMessage(prompt).find("fail") != std::string::npos;
    job.statistics.prompt_tokens = int(request.prompt.size());
    job.statistics.seed = request.sampling.seed.value_or(1);
    job.request = std::move(request);
    return job;
}

RequestId ScriptedEngine::submit(Request request)
{
    m_jobs.push_back(plan(std::move(request)));
    m_jobs.back().id = ++m_lastId;
    return m_lastId;
}

void ScriptedEngine::cancel(RequestId id)
{
    for (Job& job : m_jobs)
        job.cancelled = job.cancelled || job.id == id;
}

bool ScriptedEngine::step()
{
    if (m_jobs.empty())
        return false;
    std::this_thread::sleep_for(m_options.tokenDelay);
    for (Job& job : m_jobs)
        advance(job);
    std::erase_if(m_jobs, [](const Job& job) { return !job.request.on_event; });
    return true;
}

void ScriptedEngine::advance(Job& job)
{
    constexpr int wordsBeforeFailure = 5;
    RequestStatistics& statistics = job.statistics;
    if (job.cancelled)
        return finish(job, FinishReason::cancelled);
    if (job.fails && statistics.generated_tokens == wordsBeforeFailure)
        return finish(job, FinishReason::error);
    if (job.words.empty())
        return finish(job, FinishReason::stop_token);
    if (job.request.max_tokens > 0 && statistics.generated_tokens == job.request.max_tokens)
        return finish(job, FinishReason::length);

    const double delay = std::chrono::duration<double>(m_options.tokenDelay).count();
    RequestEvent event;
    event.id = job.id;
    if (statistics.prefill_seconds == 0) {
        statistics.prefill_seconds = statistics.time_to_first_token = std::max(delay, 0.001);
        event.kind = RequestEvent::Kind::prefill;
        event.prompt_done = statistics.prompt_tokens;
    } else {
        event.text = job.words.front();
        job.words.pop_front();
        tellCandidates(event, job.request);
        statistics.decode_seconds += ++statistics.generated_tokens > 1 ? delay : 0;
    }
    event.statistics = statistics;
    job.request.on_event(event);
}

void ScriptedEngine::finish(Job& job, FinishReason reason)
{
    RequestEvent event;
    event.id = job.id;
    event.kind = RequestEvent::Kind::finished;
    event.reason = reason;
    event.statistics = job.statistics;
    if (reason == FinishReason::error)
        event.error = Error{ErrorKind::device_error, "The script says that this answer fails.",
                            "Ask for something else."};
    job.request.on_event(event);
    job.request.on_event = nullptr;
}

void ScriptedEngine::wait(std::chrono::milliseconds timeout)
{
    std::this_thread::sleep_for(timeout);
}

Result<std::vector<float>> ScriptedEngine::logits(std::span<const int32_t>, int)
{
    return fail(ErrorKind::unsupported, "A scripted engine has no logits.");
}

Result<std::vector<float>> ScriptedEngine::embed(std::span<const int32_t>, const rocmforge::EmbeddingOptions&)
{
    return fail(ErrorKind::unsupported, "A scripted engine makes no embeddings.");
}
