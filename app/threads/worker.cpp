#include "threads/worker.h"

Worker::Worker(const QString& name, QObject* parent)
    : QThread(parent)
{
    setObjectName(name);
    start();
}

Worker::~Worker()
{
    m_tasks.closeAndWait();
    wait();
}

void Worker::run()
{
    while (m_tasks.open()) {
        m_tasks.wait();
        if (const TaskQueue::Task task = m_tasks.take())
            task();
    }
    m_tasks.retire();
}
