#include "app.h"
#include "inference/scripted_engine.h"
#include "logging.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QDir>
#include <QtCore/QStandardPaths>
#include <QtGui/QGuiApplication>
#include <QtGui/QIcon>
#include <QtQml/QQmlApplicationEngine>
#include <QtQml/QQmlExtensionPlugin>
#include <QtQuick/QQuickWindow>

Q_IMPORT_QML_PLUGIN(RocmForgePlugin)
Q_IMPORT_QML_PLUGIN(RocmForge_UiPlugin)

namespace {

struct CommandLine {
    bool scriptedEngine = false;
    QList<QUrl> files;
};

CommandLine parseCommandLine(const QGuiApplication& application)
{
    const QCommandLineOption scripted(
        QStringLiteral("scripted-engine"),
        QCoreApplication::translate("main", "Answer from a script, without a model."));
    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate("main", "Chat with local language models."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOption(scripted);
    parser.addPositionalArgument(QStringLiteral("files"), QCoreApplication::translate("main", "GGUF files."));
    parser.process(application);
    CommandLine line;
    line.scriptedEngine = parser.isSet(scripted);
    for (const QString& file : parser.positionalArguments())
        line.files.append(QUrl::fromUserInput(file, QDir::currentPath(), QUrl::AssumeLocalFile));
    return line;
}

QString dataDirectory()
{
    const QString chosen = qEnvironmentVariable("ROCMFORGE_DATA_DIR");
    return chosen.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) : chosen;
}

/// How long a start takes is measured from outside, by when this line appears.
void logFirstFrame(QObject* root)
{
    if (auto* window = qobject_cast<QQuickWindow*>(root)) {
        QObject::connect(window, &QQuickWindow::frameSwapped, window, [] { logger("app")->info("first frame"); },
                         Qt::SingleShotConnection);
    }
}

InferenceThread::EngineLoader scriptedLoader()
{
    return [](const std::filesystem::path& path, const rocmforge::LoadOptions& options) {
        return ScriptedEngine::load(path, options, {});
    };
}

} // namespace

int main(int argc, char* argv[])
{
    QGuiApplication application(argc, argv);
    QGuiApplication::setApplicationName(QStringLiteral("rocmforge"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("ROCmForge"));
    QGuiApplication::setApplicationVersion(QStringLiteral(ROCMFORGE_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("rocmforge"));
    QGuiApplication::setWindowIcon(QIcon(QStringLiteral(":/RocmForge/Ui/icons/rocmforge.svg")));
    const CommandLine line = parseCommandLine(application);

    AppOptions options;
    options.dataDirectory = dataDirectory();
    options.systemRoot = qEnvironmentVariable("ROCMFORGE_SYSTEM_ROOT", options.systemRoot);
    if (line.scriptedEngine)
        options.loadEngine = scriptedLoader();
    openLog(options.dataDirectory);
    App app(options);

    QQmlApplicationEngine qml;
    qml.addImportPath(QStringLiteral("qrc:/"));
    qml.load(QUrl(QStringLiteral("qrc:/RocmForge/Ui/Main.qml")));
    if (qml.rootObjects().isEmpty())
        return 1;
    logFirstFrame(qml.rootObjects().constFirst());
    if (!line.files.isEmpty())
        emit app.filesOffered(line.files);
    return QGuiApplication::exec();
}
