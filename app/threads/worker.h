// A thread that runs tasks one after another and reports back to the GUI thread.
#pragma once

#include "threads/gui_queue.h"
#include "threads/task_queue.h"

#include <QtCore/QThread>

class Worker : public QThread {
    Q_OBJECT

public:
    /// `name` is the thread's, for debuggers.
    explicit Worker(const QString& name, QObject* parent = nullptr);
    /// Runs what is queued, then ends.
    ~Worker() override;

    /// Any thread.
    void post(TaskQueue::Task task) { m_tasks.post(std::move(task)); }
    /// From a task: runs on the GUI thread unless this is gone by then.
    void reply(std::function<void()> function) { m_replies.post(std::move(function)); }

protected:
    void run() override;

private:
    TaskQueue m_tasks;
    GuiQueue m_replies;
};
