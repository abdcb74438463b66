#include "candidates.h"

#include <cstdio>

namespace rocmforge::cli {
namespace {

std::string percent(float probability)
{
    char text[20];
    std::snprintf(text, sizeof text, "%6.2f %%", 100.0 * double{probability});
    return text;
}

} // namespace

void CandidateLog::add(const RequestEvent& event)
{
    if (event.kind == RequestEvent::Kind::token)
        m_tokens.push_back(event);
}

std::string CandidateLog::table() const
{
    std::string text;
    for (size_t i = 0; i < m_tokens.size(); ++i) {
        const RequestEvent& event = m_tokens[i];
        text += "token " + std::to_string(i + 1) + ": " + quoted(event.token) + "  "
            + percent(event.probability) + '\n';
        for (const TokenCandidate& candidate : event.candidates)
            text += std::string(candidate.token == event.token ? "  * " : "    ")
                + percent(candidate.probability) + (candidate.kept ? "       " : "  cut  ")
                + quoted(candidate.token) + '\n';
    }
    return text;
}

Json CandidateLog::toJson() const
{
    Json tokens = Json::array();
    for (const RequestEvent& event : m_tokens) {
        Json candidates = Json::array();
        for (const TokenCandidate& candidate : event.candidates)
            candidates.push_back({{"token", candidate.token},
                                  {"text", textOf(candidate.token)},
                                  {"probability", candidate.probability},
                                  {"kept", candidate.kept}});
        tokens.push_back({{"token", event.token},
                          {"text", textOf(event.token)},
                          {"probability", event.probability},
                          {"candidates", candidates}});
    }
    return tokens;
}

std::string CandidateLog::textOf(int32_t token) const
{
    return m_engine.detokenize({&token, 1}, true);
}

/// Control characters and incomplete ones are escaped.
std::string CandidateLog::quoted(int32_t token) const
{
    return Json(textOf(token)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace rocmforge::cli
