// What the window may cost: time to the first frame, memory without a model, processor time while
// nothing happens. Prints the figures; budgets are for two cores and software rendering.
#include "virtual_screen.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

#include <memory>

class BudgetTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (!VirtualScreen::isAvailable())
            QSKIP("Xvfb, xdotool and xwd are needed to run a real window");
        m_screen = std::make_unique<VirtualScreen>();
        QVERIFY(m_screen->ready());
        QVERIFY(start() >= 0); // warms the disk's cache
        stop();
    }

    void cleanup() { stop(); }

    void firstFrameComesWithin400Milliseconds()
    {
        QList<qint64> times;
        for (int i = 0; i < 5; ++i) {
            times << start();
            stop();
        }
        std::sort(times.begin(), times.end());
        qInfo("first frame after %lld ms (median of 5)", static_cast<long long>(times.at(2)));
        QVERIFY(times.at(2) >= 0 && times.at(2) <= 400);
    }

    void windowWithoutModelStaysBelow150Megabytes()
    {
        QVERIFY(start() >= 0);
        QTest::qWait(3000);
        const qint64 kilobytes = residentKilobytes();
        qInfo("resident memory %.1f MB", double(kilobytes) / 1024);
        QVERIFY(kilobytes > 0 && kilobytes <= 150 * 1024);
    }

    void idleWindowUsesNoProcessorTime()
    {
        QVERIFY(start() >= 0);
        QTest::qWait(5000);
        const qint64 before = processorTicks();
        QTest::qWait(10'000);
        const double percent = double(processorTicks() - before) * 100 / (10.0 * double(sysconf(_SC_CLK_TCK)));
        qInfo("idle: %.2f %% of one core", percent);
        QVERIFY(percent < 0.5);
    }

private:
    /// Milliseconds from exec to the first frame; -1 if none came.
    qint64 start()
    {
        m_data = std::make_unique<QTemporaryDir>();
        m_program = std::make_unique<QProcess>();
        auto environment = m_screen->environment();
        environment.insert("ROCMFORGE_DATA_DIR", m_data->path());
        m_program->setProcessEnvironment(environment);
        QElapsedTimer timer;
        timer.start();
        m_program->start(ROCMFORGE_PROGRAM, {});
        QFile log(m_data->filePath("rocmforge.log"));
        while (timer.elapsed() < 20'000) {
            if ((log.isOpen() || log.open(QIODevice::ReadOnly)) && log.seek(0)
                && log.readAll().contains("first frame"))
                return timer.elapsed();
            QThread::msleep(2);
        }
        return -1;
    }

    void stop()
    {
        if (!m_program)
            return;
        m_program->terminate();
        m_program->waitForFinished();
        m_program.reset();
    }

    QByteArray processFile(const char* name) const
    {
        QFile file(QString("/proc/%1/%2").arg(m_program->processId()).arg(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    qint64 residentKilobytes() const
    {
        for (const QByteArray& line : processFile("status").split('\n')) {
            if (line.startsWith("VmRSS:"))
                return line.mid(6).simplified().split(' ').first().toLongLong();
        }
        return -1;
    }

    /// User and system time; the fields after the name in parentheses.
    qint64 processorTicks() const
    {
        const QByteArray stat = processFile("stat");
        const QList<QByteArray> fields = stat.mid(stat.lastIndexOf(')') + 2).split(' ');
        return fields.value(11).toLongLong() + fields.value(12).toLongLong();
    }

    std::unique_ptr<VirtualScreen> m_screen;
    std::unique_ptr<QTemporaryDir> m_data;
    std::unique_ptr<QProcess> m_program;
};

QTEST_GUILESS_MAIN(BudgetTest)
#include "budget_test.moc"
