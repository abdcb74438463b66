// The way back: functions that worker threads post and the GUI thread runs.
#pragma once

#include <QtCore/QObject>

#include <functional>
#include <mutex>
#include <vector>

/// Made and destroyed on the GUI thread, after the threads that post to it have ended.
class GuiQueue : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    /// Any thread. Functions run in the order they were posted.
    void post(std::function<void()> function);

protected:
    bool event(QEvent* event) override;

private:
    std::mutex m_mutex;
    std::vector<std::function<void()>> m_functions;
};
