#include "scheduler/stop_filter.h"

#include <algorithm>
#include <utility>

namespace rocmforge {

StopFilter::StopFilter(std::vector<std::string> stops)
    : stops_(std::move(stops))
{
    std::erase(stops_, "");
}

std::string StopFilter::push(std::string_view text)
{
    if (stopped_)
        return {};
    held_ += text;
    const size_t stop = first_stop();
    stopped_ = stop != std::string::npos;
    const size_t n_shown = stopped_ ? stop : held_.size() - possible_beginning();
    std::string shown = held_.substr(0, n_shown);
    held_.erase(0, stopped_ ? held_.size() : n_shown);
    return shown;
}

std::string StopFilter::finish()
{
    return std::exchange(held_, {});
}

size_t StopFilter::first_stop() const
{
    size_t first = std::string::npos;
    for (const std::string& stop : stops_)
        first = std::min(first, held_.find(stop));
    return first;
}

/// Length of the longest end of the text that begins a stop string.
size_t StopFilter::possible_beginning() const
{
    size_t longest = 0;
    for (const std::string_view stop : stops_)
        for (size_t n = std::min(stop.size() - 1, held_.size()); n > longest; --n)
            if (held_.ends_with(stop.substr(0, n)))
                longest = n;
    return longest;
}

} // namespace rocmforge
