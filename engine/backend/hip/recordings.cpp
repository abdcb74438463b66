#include "backend/hip/recordings.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace rocmforge::hip {
namespace {

constexpr size_t most_entries = 32;

bool is_enabled()
{
    const char* value = std::getenv("ROCMFORGE_GRAPH");
    return !value || std::string_view(value) != "0";
}

} // namespace

Recordings::Recordings()
    : enabled_(is_enabled())
{
}

bool Recordings::begin(Queue& queue, const Shape& shape)
{
    recording_ = refused_ = false;
    if (!enabled_)
        return false;
    forget_moved(queue);
    const auto found = std::ranges::find(entries_, shape, &Entry::shape);
    if (found == entries_.end()) {
        entries_.emplace_front(shape);
        if (entries_.size() > most_entries)
            entries_.pop_back();
        return false;
    }
    entries_.splice(entries_.begin(), entries_, found);
    recording_ = found->stage == Stage::seen;
    if (recording_)
        queue.begin_recording();
    return found->stage == Stage::recorded;
}

void Recordings::replay(Queue& queue)
{
    queue.replay(entries_.front().graph);
}

void Recordings::finish(Queue& queue)
{
    if (entries_.empty())
        return;
    Entry& entry = entries_.front();
    if (recording_) {
        entry.graph = queue.end_recording();
        entry.stage = entry.graph.get() ? Stage::recorded : Stage::refused;
        queue.replay(entry.graph);
    }
    if (refused_)
        entry.stage = Stage::refused;
    // After an error steps were left out, and with them memory that was to be made.
    if (!queue.succeeded({}))
        entries_.pop_front();
    recording_ = false;
}

void Recordings::forget_moved(const Queue& queue)
{
    if (generation_ == queue.memory_generation())
        return;
    generation_ = queue.memory_generation();
    entries_.clear();
}

} // namespace rocmforge::hip
