// What a request's events add up to, and whether they came in an order that makes sense.
#pragma once

#include <rocmforge/engine.h>

#include <optional>
#include <string>
#include <vector>

namespace rocmforge::test {

struct Answer {
    std::vector<int32_t> tokens;
    std::string text;
    std::optional<RequestEvent> finished;
    int n_events = 0;
    bool in_order = true; ///< prefill, tokens, one finished, counts that agree

    /// To be given to Request::on_event; the answer must stay where it is.
    auto receiver()
    {
        return [this](const RequestEvent& event) { receive(event); };
    }

private:
    void receive(const RequestEvent& event)
    {
        ++n_events;
        in_order = in_order && !finished;
        text += event.text;
        switch (event.kind) {
        case RequestEvent::Kind::prefill:
            in_order = in_order && tokens.empty() && event.prompt_done <= event.statistics.prompt_tokens;
            break;
        case RequestEvent::Kind::token:
            tokens.push_back(event.token);
            in_order = in_order && event.statistics.generated_tokens == static_cast<int>(tokens.size());
            break;
        case RequestEvent::Kind::finished:
            finished = event;
            in_order = in_order && event.statistics.generated_tokens == static_cast<int>(tokens.size());
            break;
        }
    }
};

} // namespace rocmforge::test
