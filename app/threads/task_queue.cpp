#include "threads/task_queue.h"

#include <utility>

void TaskQueue::post(Task task)
{
    const std::lock_guard lock(m_mutex);
    if (m_closed)
        return;
    m_tasks.push_back(std::move(task));
    m_changed.notify_all();
}

void TaskQueue::retire()
{
    const std::lock_guard lock(m_mutex);
    m_retired = true;
    m_changed.notify_all();
}

void TaskQueue::closeAndWait()
{
    std::unique_lock lock(m_mutex);
    m_closed = true;
    m_changed.notify_all();
    m_changed.wait(lock, [this] { return m_retired; });
}

bool TaskQueue::open() const
{
    const std::lock_guard lock(m_mutex);
    return !m_closed || !m_tasks.empty();
}

TaskQueue::Task TaskQueue::take()
{
    const std::lock_guard lock(m_mutex);
    if (m_tasks.empty())
        return {};
    Task task = std::move(m_tasks.front());
    m_tasks.pop_front();
    return task;
}

void TaskQueue::wait()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_closed || !m_tasks.empty(); });
}

void TaskQueue::waitFor(std::chrono::milliseconds timeout)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, timeout, [this] { return m_closed || !m_tasks.empty(); });
}
