// An X server without a screen, and hands to use what runs on it.
#pragma once

#include <QByteArray>
#include <QPoint>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>

class VirtualScreen {
public:
    /// False where Xvfb or xdotool is not installed.
    [[nodiscard]] static bool isAvailable();

    /// Starts the server, 1400 × 900 pixels; ready() tells whether it came up.
    VirtualScreen();
    ~VirtualScreen();
    [[nodiscard]] bool ready() const { return !m_display.isEmpty(); }

    /// For programs to appear on this screen, drawn by the CPU.
    [[nodiscard]] QProcessEnvironment environment() const;

    /// The id of the first visible window whose title matches, within the time; empty if none.
    [[nodiscard]] QString waitForWindow(const QString& title, int milliseconds) const;
    /// Runs xdotool and returns what it printed.
    QString xdotool(const QStringList& arguments) const;
    void focus(const QString& window) const;
    void type(const QString& text) const;
    void key(const QString& name) const;
    void click(QPoint at) const;
    /// Presses at `from`, moves to `to` in steps, releases.
    void drag(QPoint from, QPoint to) const;
    /// What the screen shows, as bytes to compare.
    [[nodiscard]] QByteArray picture() const;

private:
    QProcess m_server;
    QString m_display;
};
