#include "virtual_screen.h"

#include <QElapsedTimer>
#include <QStandardPaths>
#include <QThread>

namespace {
constexpr int patience = 10'000; // ms
}

bool VirtualScreen::isAvailable()
{
    return !QStandardPaths::findExecutable("Xvfb").isEmpty()
        && !QStandardPaths::findExecutable("xdotool").isEmpty()
        && !QStandardPaths::findExecutable("xwd").isEmpty();
}

VirtualScreen::VirtualScreen()
{
    // The server picks a free number and prints it once it is ready. Without -noreset it would start
    // anew whenever its last client leaves, and turn the next one away meanwhile.
    m_server.start("Xvfb",
                   {"-displayfd", "1", "-screen", "0", "1400x900x24", "-nolisten", "tcp", "-noreset"});
    QByteArray number;
    while (!number.endsWith('\n') && m_server.waitForReadyRead(patience))
        number += m_server.readAllStandardOutput();
    if (number.endsWith('\n'))
        m_display = ':' + QString::fromLatin1(number.trimmed());
}

VirtualScreen::~VirtualScreen()
{
    m_server.terminate();
    m_server.waitForFinished(patience);
}

QProcessEnvironment VirtualScreen::environment() const
{
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert("DISPLAY", m_display);
    environment.insert("QT_QPA_PLATFORM", "xcb");
    environment.insert("QT_QUICK_BACKEND", "software");
    environment.insert("LC_ALL", "C.UTF-8");
    return environment;
}

QString VirtualScreen::waitForWindow(const QString& title, int milliseconds) const
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < milliseconds) {
        const QString found = xdotool({"search", "--onlyvisible", "--name", title});
        if (!found.isEmpty())
            return found.split('\n').first();
        QThread::msleep(50);
    }
    return {};
}

QString VirtualScreen::xdotool(const QStringList& arguments) const
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.start("xdotool", arguments);
    process.waitForFinished(patience);
    return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
}

void VirtualScreen::focus(const QString& window) const
{
    xdotool({"windowfocus", "--sync", window});
}

void VirtualScreen::type(const QString& text) const
{
    xdotool({"type", "--delay", "15", text});
}

void VirtualScreen::key(const QString& name) const
{
    xdotool({"key", name});
}

void VirtualScreen::click(QPoint at) const
{
    xdotool({"mousemove", QString::number(at.x()), QString::number(at.y()), "click", "1"});
}

void VirtualScreen::drag(QPoint from, QPoint to) const
{
    const auto moveTo = [this](QPoint p) {
        xdotool({"mousemove", QString::number(p.x()), QString::number(p.y())});
        QThread::msleep(40);
    };
    moveTo(from);
    xdotool({"mousedown", "1"});
    constexpr int steps = 12;
    for (int i = 1; i <= steps; ++i)
        moveTo(from + (to - from) * i / steps);
    QThread::msleep(300);
    xdotool({"mouseup", "1"});
}

QByteArray VirtualScreen::picture() const
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.start("xwd", {"-root", "-silent"});
    process.waitForFinished(patience);
    return process.readAllStandardOutput();
}
