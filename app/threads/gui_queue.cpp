#include "threads/gui_queue.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QEvent>

#include <utility>

void GuiQueue::post(std::function<void()> function)
{
    bool first = false;
    {
        const std::lock_guard lock(m_mutex);
        first = m_functions.empty();
        m_functions.push_back(std::move(function));
    }
    if (first)
        QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

bool GuiQueue::event(QEvent* event)
{
    if (event->type() != QEvent::User)
        return QObject::event(event);
    std::vector<std::function<void()>> functions;
    {
        const std::lock_guard lock(m_mutex);
        functions.swap(m_functions);
    }
    for (const auto& function : functions)
        function();
    return true;
}
