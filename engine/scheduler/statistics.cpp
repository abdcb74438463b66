#include <rocmforge/engine.h>

namespace rocmforge {

double RequestStatistics::prefill_rate() const
{
    return prefill_seconds > 0 ? (prompt_tokens - reused_tokens) / prefill_seconds : 0;
}

double RequestStatistics::decode_rate() const
{
    return decode_seconds > 0 ? (generated_tokens - 1) / decode_seconds
                              : 0; // the first came from the prefill
}

} // namespace rocmforge
