// The tokens of an answer with the candidates that they were drawn from, as text and as JSON.
#pragma once

#include "command.h"

#include <string>
#include <vector>

namespace rocmforge::cli {

/// Collects the token events of one request.
class CandidateLog {
public:
    /// `engine` outlives the log.
    explicit CandidateLog(const Engine& engine)
        : m_engine(engine)
    {
    }

    void add(const RequestEvent& event);
    /// A line per token, then one per candidate: the drawn one is marked *, those that were cut say so.
    [[nodiscard]] std::string table() const;
    [[nodiscard]] Json toJson() const;

private:
    [[nodiscard]] std::string textOf(int32_t token) const;
    [[nodiscard]] std::string quoted(int32_t token) const;

    const Engine& m_engine;
    std::vector<RequestEvent> m_tokens;
};

} // namespace rocmforge::cli
