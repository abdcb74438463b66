#include "doctor/self_test_file.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace rocmforge;
namespace fs = std::filesystem;

namespace {

SelfTest makeTest(const std::string& target, SelfTestState state, const std::string& driver = "HIP 6.2.1")
{
    SelfTest test;
    test.gpu = {"Card", target, "0000:03:00.0", driver, "0.1.0-abc"};
    test.state = state;
    test.n_comparisons = 150;
    test.seconds = 0.25;
    return test;
}

} // namespace

/// What self-tests found is there at the next start.
class SelfTestFileTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        m_file = std::make_unique<SelfTestFile>(directory());
    }

    void missingFileKnowsNothing() { QVERIFY(m_file->read().empty()); }

    void unreadableEntriesAreLeftOut()
    {
        m_file->keep(makeTest("gfx1100", SelfTestState::passed));
        for (const char* text : {"", "{", "{}", "[1, null, {\"state\": \"passed\"}, {\"state\": 7}]"}) {
            QFile file(QString::fromStdString(path().string()));
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(text);
            file.close();
            QVERIFY2(m_file->read().empty(), text);
        }
    }

    void everythingIsKept()
    {
        SelfTest test = makeTest("gfx1100", SelfTestState::failed);
        test.failures = {{"norm RMS", 0.5, 0.001, {}}, {"logits", 0, 0, "lost \xff"}};
        m_file->keep(test);
        const std::vector<SelfTest> tests = SelfTestFile(directory()).read();
        QCOMPARE(tests.size(), size_t(1));
        QVERIFY(tests[0].gpu == test.gpu);
        QVERIFY(tests[0].state == SelfTestState::failed);
        QCOMPARE(tests[0].n_comparisons, 150);
        QCOMPARE(tests[0].seconds, 0.25);
        QCOMPARE(tests[0].failures.size(), size_t(2));
        QCOMPARE(tests[0].failures[0].kernel, std::string("norm RMS"));
        QCOMPARE(tests[0].failures[0].error, 0.5);
        QCOMPARE(tests[0].failures[0].tolerance, 0.001);
        QVERIFY(tests[0].failures[1].message.starts_with("lost"));
    }

    void newResultReplacesThatOfTheSameDevice()
    {
        m_file->keep(makeTest("gfx1100", SelfTestState::running));
        m_file->keep(makeTest("gfx1036", SelfTestState::passed));
        m_file->keep(makeTest("gfx1100", SelfTestState::passed, "HIP 6.3.0"));
        const std::vector<SelfTest> tests = m_file->read();
        QCOMPARE(tests.size(), size_t(2));
        QCOMPARE(tests[0].gpu.target, std::string("gfx1036"));
        QCOMPARE(tests[1].gpu.driver, std::string("HIP 6.3.0"));
        QVERIFY(tests[1].state == SelfTestState::passed);
    }

    void untestedDeviceIsForgotten()
    {
        m_file->keep(makeTest("gfx1100", SelfTestState::running));
        m_file->keep(makeTest("gfx1100", SelfTestState::untested));
        QVERIFY(m_file->read().empty());
    }

    void directoryIsTheApplications()
    {
        qputenv("ROCMFORGE_DATA_DIR", "");
        qputenv("XDG_DATA_HOME", "");
        qputenv("HOME", "/home/ada");
        QCOMPARE(dataDirectory(), fs::path("/home/ada/.local/share/rocmforge"));
        qputenv("XDG_DATA_HOME", "/data");
        QCOMPARE(dataDirectory(), fs::path("/data/rocmforge"));
        qputenv("ROCMFORGE_DATA_DIR", "/chosen");
        QCOMPARE(dataDirectory(), fs::path("/chosen"));
    }

private:
    [[nodiscard]] fs::path directory() const { return m_root->path().toStdString() + "/new"; }
    [[nodiscard]] fs::path path() const { return directory() / "gpu-self-tests.json"; }

    std::unique_ptr<QTemporaryDir> m_root;
    std::unique_ptr<SelfTestFile> m_file;
};

QTEST_GUILESS_MAIN(SelfTestFileTest)
#include "self_test_file_test.moc"
