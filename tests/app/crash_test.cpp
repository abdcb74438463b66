// Started again by itself, this program streams an answer until it is killed.
#include "test_app.h"

#include "store/tables.h"

#include <QProcess>

#include <SQLiteCpp/SQLiteCpp.h>

#include <csignal>
#include <cstdio>

namespace {

constexpr qint64 mostLostMs = 1000;

/// Writes a line "<milliseconds> <characters of the answer>" to the standard output ten times a
/// second.
int streamUntilKilled(const QString& directory)
{
    AppOptions options;
    options.dataDirectory = directory;
    options.loadEngine = [](const auto& path, const auto& load) {
        return ScriptedEngine::load(path, load, {std::chrono::milliseconds(2), 8192});
    };
    App app(options);
    app.engine()->load(QDir(directory).filePath(QStringLiteral("model.gguf")));
    app.chat()->send(QStringLiteral("a long story"));
    QTimer report;
    QObject::connect(&report, &QTimer::timeout, &app, [&] {
        const MessageListModel& messages = *app.chat()->messages();
        const QVariant text = messages.data(messages.index(1), MessageListModel::PlainTextRole);
        std::printf("%lld %lld\n", QDateTime::currentMSecsSinceEpoch(), (long long)text.toString().size());
        std::fflush(stdout);
    });
    report.start(100);
    return QCoreApplication::exec();
}

} // namespace

class CrashTest : public QObject {
    Q_OBJECT

private slots:
    void killedProcessLosesAtMostTheLastSecond_data()
    {
        QTest::addColumn<int>("afterMs");
        for (const int ms : {1200, 1700, 2600})
            QTest::addRow("after %d ms", ms) << ms;
    }
    void killedProcessLosesAtMostTheLastSecond()
    {
        QFETCH(int, afterMs);
        const QTemporaryDir directory;
        QFile model(directory.filePath(QStringLiteral("model.gguf")));
        QVERIFY(model.open(QIODevice::WriteOnly));

        QProcess child;
        child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--stream"), directory.path()});
        QVERIFY(child.waitForReadyRead(rocmforge::test::patienceMs));
        QTest::qSleep(afterMs);
        ::kill(pid_t(child.processId()), SIGKILL);
        const qint64 killedAt = QDateTime::currentMSecsSinceEpoch();
        QVERIFY(child.waitForFinished(rocmforge::test::patienceMs));
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);

        const qint64 mustHave = charactersAt(child.readAllStandardOutput(), killedAt - mostLostMs);
        SQLite::Database database(directory.filePath(QStringLiteral("chats.db")).toStdString());
        const QList<ChatRecord> chats = loadChats(database);
        QCOMPARE(chats.size(), 1);
        const QList<MessageRecord> messages = loadMessages(database, chats.first().id);
        QCOMPARE(messages.size(), 2);
        QCOMPARE(messages.at(0).text, QStringLiteral("a long story"));
        QVERIFY2(messages.at(1).text.size() >= mustHave,
                 qPrintable(QStringLiteral("%1 of %2").arg(messages.at(1).text.size()).arg(mustHave)));
        QVERIFY(mustHave > 0);
        QCOMPARE(database.execAndGet("PRAGMA integrity_check").getString(), std::string("ok"));
    }

private:
    /// What was shown at that time, by the child's report.
    static qint64 charactersAt(const QByteArray& report, qint64 time)
    {
        qint64 characters = 0;
        for (const QByteArray& line : report.split('\n')) {
            const QList<QByteArray> fields = line.split(' ');
            if (fields.size() == 2 && fields.at(0).toLongLong() <= time)
                characters = fields.at(1).toLongLong();
        }
        return characters;
    }
};

int main(int argc, char* argv[])
{
    QGuiApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 3 && arguments.at(1) == QLatin1String("--stream"))
        return streamUntilKilled(arguments.at(2));
    CrashTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "crash_test.moc"
