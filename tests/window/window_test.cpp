// The whole path as a person walks it: drop a file, ask, watch the answer come, quit, come back.
#include "virtual_screen.h"

#include "support/recorded_gpus.h"

#include <QSet>
#include <QTemporaryDir>
#include <QtTest>

#include <sqlite3.h>

#include <csignal>
#include <memory>

using namespace rocmforge::test;

namespace {

const QString demoModel = QStringLiteral(ROCMFORGE_SOURCE_DIR "/resources/demo-model/ember-10m-q8_0.gguf");
constexpr int patience = 20'000; // ms; a loaded machine is slow

/// The first column of the query's rows; empty while the database is not there.
QStringList query(const QString& database, const char* sql)
{
    sqlite3* handle = nullptr;
    sqlite3_stmt* statement = nullptr;
    QStringList rows;
    if (sqlite3_open_v2(database.toUtf8().constData(), &handle, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK
        && sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) == SQLITE_OK) {
        while (sqlite3_step(statement) == SQLITE_ROW)
            rows << QString::fromUtf8(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
    }
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return rows;
}

} // namespace

class WindowTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (!VirtualScreen::isAvailable())
            QSKIP("Xvfb, xdotool and xwd are needed to run a real window");
        m_screen = std::make_unique<VirtualScreen>();
        QVERIFY(m_screen->ready());
    }

    void init()
    {
        m_data = std::make_unique<QTemporaryDir>();
        m_database = m_data->filePath("chats.db");
    }

    void cleanup() { stop(); }

    void droppedModelAnswersAndHistoryIsKept()
    {
        start({});
        dropDemoModel();
        m_screen->key("space"); // "Load now" has the focus
        QTRY_VERIFY_WITH_TIMEOUT(!logLines("loaded").isEmpty(), patience);

        ask("Who are you?");
        QTRY_VERIFY_WITH_TIMEOUT(answers().value(0).contains("I am Ember"), patience);
        QCOMPARE(prompts(), QStringList{"Who are you?"});
        QTRY_VERIFY_WITH_TIMEOUT(!m_screen->waitForWindow("Who are you", 100).isEmpty(), patience);

        m_screen->key("ctrl+q");
        QVERIFY(m_program->waitForFinished(patience));
        QCOMPARE(m_program->exitCode(), 0);

        start({});
        // The chat that was open is open again: its title is the window's.
        QVERIFY(!m_screen->waitForWindow("Who are you", patience).isEmpty());
        QCOMPARE(answers().size(), 1);
    }

    void answerStreamsIntoTheWindow()
    {
        start({"--scripted-engine", demoModel});
        loadFromSheet();
        ask("long");
        QSet<QByteArray> pictures;
        QTRY_VERIFY_WITH_TIMEOUT((pictures.insert(m_screen->picture()), pictures.size() >= 5), patience);
        m_screen->key("Escape");
        QTRY_VERIFY_WITH_TIMEOUT(answers().value(0).size() > 100, patience);
    }

    void killLosesAtMostTheLastSecond()
    {
        start({"--scripted-engine", demoModel});
        loadFromSheet();
        ask("long");
        QTRY_VERIFY_WITH_TIMEOUT(answers().value(0).size() > 500, patience);
        QTest::qWait(2000);
        const auto before = answers().value(0).size();
        QTest::qWait(1200);
        ::kill(pid_t(m_program->processId()), SIGKILL);
        m_program->waitForFinished(patience);

        const QString kept = answers().value(0);
        // It went on growing on the disk while it was written, …
        QVERIFY2(kept.size() > before, qPrintable(QString("%1 kept, %2 before").arg(kept.size()).arg(before)));
        QCOMPARE(prompts(), QStringList{"long"});
        // … and the next start shows it.
        start({"--scripted-engine"});
        QVERIFY(!m_screen->waitForWindow("long", patience).isEmpty());
        QCOMPARE(answers().value(0), kept);
    }

    void hardwarePanelOutlivesItsCards()
    {
        FakeMachine machine({rx7900xtx, raphael});
        machine.put("dev/kfd", {});
        start({"--scripted-engine"},
              {{"ROCMFORGE_SYSTEM_ROOT", machine.root()},
               {"ROCMFORGE_HIP_LIBRARY", HIP_EMULATOR},
               {"ROCMFORGE_EMULATOR_TARGETS", "gfx1100,gfx1036"}});
        const QByteArray before = m_screen->picture();
        openHardwarePanel();
        QTRY_VERIFY_WITH_TIMEOUT(m_screen->picture() != before, patience);
        QTest::qWait(2500); // the probe answers, and a second sample comes
        machine.unplug(rx7900xtx);
        QTest::qWait(2500);
        QCOMPARE(m_program->state(), QProcess::Running);
        m_screen->key("ctrl+q");
        QVERIFY(m_program->waitForFinished(patience));
        QCOMPARE(m_program->exitCode(), 0);
    }

    void brokenFileIsExplainedAndHarmless()
    {
        const QString broken = m_data->filePath("broken.gguf");
        QFile file(broken);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("GGUF but not really");
        file.close();
        start({broken});
        const QByteArray picture = m_screen->picture();
        QTest::qWait(500);
        m_screen->key("Escape"); // closes the sheet that tells
        QTRY_VERIFY_WITH_TIMEOUT(m_screen->picture() != picture, patience);
        QCOMPARE(m_program->state(), QProcess::Running);
    }

private:
    void start(const QStringList& arguments, const QMap<QString, QString>& variables = {})
    {
        m_program = std::make_unique<QProcess>();
        auto environment = m_screen->environment();
        environment.insert("ROCMFORGE_DATA_DIR", m_data->path());
        for (auto it = variables.begin(); it != variables.end(); ++it)
            environment.insert(it.key(), it.value());
        m_program->setProcessEnvironment(environment);
        m_program->setProcessChannelMode(QProcess::ForwardedChannels);
        m_program->start(ROCMFORGE_PROGRAM, arguments);
        m_window = m_screen->waitForWindow("ROCmForge", patience);
        QVERIFY2(!m_window.isEmpty(), "no window appeared");
        m_screen->focus(m_window);
    }

    void stop()
    {
        if (!m_program)
            return;
        m_program->terminate();
        if (!m_program->waitForFinished(patience))
            m_program->kill();
        m_program.reset();
    }

    void dropDemoModel()
    {
        QProcess source;
        source.setProcessEnvironment(m_screen->environment());
        source.start(DRAG_SOURCE_PROGRAM, {demoModel});
        QVERIFY(!m_screen->waitForWindow("Drag source", patience).isEmpty());
        const QByteArray before = m_screen->picture();
        m_screen->drag({1340, 60}, {640, 300});
        QTRY_VERIFY_WITH_TIMEOUT(m_screen->picture() != before, patience);
        source.terminate();
        source.waitForFinished(patience);
        m_screen->focus(m_window);
        QTest::qWait(500);
    }

    /// The last of the inspector's tabs, at the window's right edge.
    void openHardwarePanel()
    {
        const QStringList shape = m_screen->xdotool({"getwindowgeometry", "--shell", m_window}).split('\n');
        const auto value = [&](const QString& name) {
            return shape.filter(name + '=').value(0).section('=', 1).toInt();
        };
        m_screen->click({value("X") + value("WIDTH") - 95, value("Y") + 24});
    }

    void loadFromSheet()
    {
        QTest::qWait(1000); // the sheet opens
        m_screen->key("space"); // "Load now" has the focus
        QTRY_VERIFY_WITH_TIMEOUT(!logLines("loaded").isEmpty(), patience);
    }

    void ask(const QString& prompt)
    {
        m_screen->key("ctrl+l");
        m_screen->type(prompt);
        m_screen->key("Return");
    }

    QStringList prompts() const { return query(m_database, "SELECT text FROM messages WHERE role = 'user'"); }
    QStringList answers() const
    {
        return query(m_database, "SELECT text FROM messages WHERE role = 'assistant'");
    }

    QStringList logLines(const QString& word) const
    {
        QStringList found;
        for (const QString& name : QDir(m_data->path()).entryList({"*.log"}, QDir::Files)) {
            QFile file(m_data->filePath(name));
            if (file.open(QIODevice::ReadOnly))
                found += QString::fromUtf8(file.readAll()).split('\n').filter(word);
        }
        return found;
    }

    std::unique_ptr<VirtualScreen> m_screen;
    std::unique_ptr<QTemporaryDir> m_data;
    std::unique_ptr<QProcess> m_program;
    QString m_database;
    QString m_window;
};

QTEST_GUILESS_MAIN(WindowTest)
#include "window_test.moc"
