#include "hardware/diagnosis.h"

#include "doctor/report_text.h"
#include "doctor/self_test_file.h"
#include "threads/worker.h"

#include <QtCore/QPointer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>

namespace {

std::string makeReport(const SelfTestFile& file)
{
    return reportText(rocmforge::diagnose([&file](const rocmforge::SelfTest& test) { file.keep(test); }));
}

} // namespace

Diagnosis::Diagnosis(Worker& worker, std::filesystem::path dataDirectory, QObject* parent)
    : QObject(parent)
    , m_worker(worker)
    , m_dataDirectory(std::move(dataDirectory))
{
}

void Diagnosis::run()
{
    if (m_running)
        return;
    m_running = true;
    emit changed();
    m_worker.post([this, self = QPointer(this), &worker = m_worker, file = SelfTestFile(m_dataDirectory)] {
        const std::string report = makeReport(file);
        worker.reply([this, self, report] {
            if (self)
                finish(report);
        });
    });
}

void Diagnosis::copy() const
{
    QGuiApplication::clipboard()->setText(m_report);
}

void Diagnosis::finish(const std::string& report)
{
    m_running = false;
    m_report = QString::fromStdString(report);
    emit changed();
}
