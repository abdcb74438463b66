// Steps that were enqueued before, as graphs: a batch of the same shape takes one launch instead of all of
// theirs. A shape is recorded when it comes the second time: the first has made all memory that it needs.
#pragma once

#include "backend/hip/queue.h"

#include <cstdint>
#include <list>
#include <vector>

namespace rocmforge::hip {

class Recordings {
public:
    /// All that launches depend on, besides what is in device memory.
    using Shape = std::vector<int64_t>;

    /// $ROCMFORGE_GRAPH=0 turns recording off, for drivers that replay graphs wrongly.
    Recordings();

    /// True: the shape was recorded; replay() takes the steps' place. Else finish() must follow them.
    [[nodiscard]] bool begin(Queue& queue, const Shape& shape);
    void replay(Queue& queue);
    /// Runs what was recorded, if it was.
    void finish(Queue& queue);
    /// The steps being enqueued take more than launches: they cannot be replayed.
    void refuse() { refused_ = true; }

private:
    enum class Stage { seen, recorded, refused };
    struct Entry {
        Shape shape;
        Stage stage = Stage::seen;
        ExecutableGraph graph;
    };
    void forget_moved(const Queue& queue);

    std::list<Entry> entries_; ///< the one used last first
    int64_t generation_ = 0; ///< of the queue's memory
    bool enabled_ = true;
    bool recording_ = false; ///< the first entry's steps
    bool refused_ = false;
};

} // namespace rocmforge::hip
