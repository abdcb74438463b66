// Where any thread leaves requests for the thread that owns an engine. All functions are thread-safe.
#pragma once

#include <rocmforge/engine.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace rocmforge {

class Mailbox {
public:
    struct Mail {
        std::vector<std::pair<RequestId, Request>> submitted; ///< by id
        std::vector<RequestId> cancelled;

        [[nodiscard]] bool empty() const { return submitted.empty() && cancelled.empty(); }
    };

    [[nodiscard]] RequestId submit(Request request);
    void cancel(RequestId id);
    /// Ends the current or the next wait().
    void wake();

    /// All that came since the last call.
    [[nodiscard]] Mail take();
    /// Blocks until there is mail, wake() was called or the time has passed.
    void wait(std::chrono::milliseconds timeout);

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Mail mail_;
    RequestId last_id_ = 0;
    bool woken_ = false;
};

} // namespace rocmforge
