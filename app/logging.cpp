#include "logging.h"

#include <QtCore/QDir>

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>

namespace {

constexpr size_t fileBytes = 1 << 20;
constexpr size_t fileCount = 3;

std::mutex sinkMutex;
spdlog::sink_ptr sink = std::make_shared<spdlog::sinks::null_sink_mt>();
QtMessageHandler previousHandler = nullptr;

spdlog::level::level_enum levelOf(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg:
        return spdlog::level::debug;
    case QtInfoMsg:
        return spdlog::level::info;
    case QtWarningMsg:
        return spdlog::level::warn;
    case QtCriticalMsg:
    case QtFatalMsg:
        break;
    }
    return spdlog::level::err;
}

void logQtMessage(QtMsgType type, const QMessageLogContext& context, const QString& message)
{
    logger("qt")->log(levelOf(type), "{}", message.toStdString());
    if (previousHandler)
        previousHandler(type, context, message);
}

} // namespace

void openLog(const QString& directory)
{
    QDir().mkpath(directory);
    const std::string file = QDir(directory).filePath(QStringLiteral("rocmforge.log")).toStdString();
    try {
        auto rotating = std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, fileBytes, fileCount);
        const std::lock_guard lock(sinkMutex);
        sink = std::move(rotating);
        spdlog::drop_all();
    } catch (const spdlog::spdlog_ex&) {
        return; // a folder that cannot be written must not keep the window from opening
    }
    previousHandler = qInstallMessageHandler(logQtMessage);
}

std::shared_ptr<spdlog::logger> logger(const std::string& name)
{
    const std::lock_guard lock(sinkMutex);
    if (auto known = spdlog::get(name))
        return known;
    auto made = std::make_shared<spdlog::logger>(name, sink);
    made->flush_on(spdlog::level::info); // little is logged, and a crash must not swallow it
    spdlog::register_logger(made);
    return made;
}
