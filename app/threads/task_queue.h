// Tasks for one thread, posted by any.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

class TaskQueue {
public:
    using Task = std::function<void()>;

    /// Any thread. Ignored once closed.
    void post(Task task);
    /// The thread's last act: it touches nothing any more.
    void retire();
    /// Another thread: takes in no more tasks and waits for retire(). What is queued is still
    /// handed out.
    void closeAndWait();
    /// False when closed and empty.
    [[nodiscard]] bool open() const;

    /// The next task; empty when there is none.
    [[nodiscard]] Task take();
    /// Waits until there is a task or the queue is closed.
    void wait();
    void waitFor(std::chrono::milliseconds timeout);

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Task> m_tasks;
    bool m_closed = false;
    bool m_retired = false;
};
