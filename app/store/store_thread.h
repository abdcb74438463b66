// The thread that owns the database.
#pragma once

#include "store/connection.h"
#include "threads/gui_queue.h"
#include "threads/task_queue.h"

#include <QtCore/QThread>

#include <atomic>
#include <deque>
#include <functional>
#include <memory>

class Store;

/// Member functions run on the thread itself except where said.
class StoreThread : public QThread {
    Q_OBJECT

public:
    using Write = std::function<void(SQLite::Database&)>;

    /// GUI thread. Answers go through `replies` as signals of `store`; both outlive this.
    StoreThread(QString file, Store& store, GuiQueue& replies);
    /// GUI thread. Tries once more what is queued.
    ~StoreThread() override;

    /// Any thread: runs `task` on this one.
    void post(TaskQueue::Task task) { m_tasks.post(std::move(task)); }
    /// Any thread: outdates the search that runs. Returns the number of the next.
    int nextSearch() { return ++m_latestSearch; }

    /// A later write with the same key (≠ 0) replaces one that waits at the end of the queue.
    void write(qint64 key, Write write);
    void duplicate(qint64 chatId, const ChatRecord& copy);
    void sendMessages(qint64 chatId);
    void search(int number, const QString& text);
    void retry();
    void startFresh();
    void setPageLimit(int pages);
    void reply(std::function<void()> function) { m_replies.post(std::move(function)); }

protected:
    void run() override;

private:
    struct PendingWrite {
        qint64 key = 0;
        Write write;
    };

    void open();
    void flush();
    bool attempt(const PendingWrite& pending);
    bool blocked() const { return m_problem.kind != StoreProblem::None; }
    void setProblem(const StoreProblem& problem);
    void waitForTask();
    template <typename Read> void read(Read&& function);

    const QString m_file;
    Store& m_store;
    GuiQueue& m_replies;
    TaskQueue m_tasks;
    std::unique_ptr<SQLite::Database> m_database;
    std::deque<PendingWrite> m_pending;
    StoreProblem m_problem;
    int m_pageLimit = 0;
    std::atomic<int> m_latestSearch = 0;
};
