// The doctor's report as the window shows it.
#pragma once

#include <QtCore/QObject>
#include <QtQml/qqmlregistration.h>

#include <filesystem>
#include <string>

class Worker;

/// GUI thread; looks, tests and measures on a worker thread, which takes seconds.
class Diagnosis : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.diagnosis")
    Q_PROPERTY(bool running READ running NOTIFY changed)
    /// Plain text in two columns; empty before the first run.
    Q_PROPERTY(QString report READ report NOTIFY changed)

public:
    /// `worker` outlives this. What self-tests find is kept in `dataDirectory`.
    Diagnosis(Worker& worker, std::filesystem::path dataDirectory, QObject* parent = nullptr);

    [[nodiscard]] bool running() const { return m_running; }
    [[nodiscard]] QString report() const { return m_report; }

    /// Nothing while it runs already.
    Q_INVOKABLE void run();
    /// The report, to the clipboard.
    Q_INVOKABLE void copy() const;

signals:
    void changed();

private:
    void finish(const std::string& report);

    Worker& m_worker;
    std::filesystem::path m_dataDirectory;
    bool m_running = false;
    QString m_report;
};
