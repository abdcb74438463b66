#include "models/model_library.h"

#include "settings/settings.h"
#include "threads/worker.h"

#include <QAbstractItemModelTester>
#include <QtTest>

namespace {

constexpr int patienceMs = 20'000;

}

class ModelLibraryTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_settings = std::make_unique<Settings>(m_directory->filePath(QStringLiteral("settings.ini")));
        m_worker = std::make_unique<Worker>(QStringLiteral("test"));
        m_library = std::make_unique<ModelLibrary>(*m_settings, *m_worker);
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_library.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    }

    void cleanup()
    {
        m_tester.reset();
        m_library.reset();
        m_worker.reset();
    }

    void demoModelIsAlwaysThere()
    {
        QCOMPARE(m_library->count(), 1);
        QCOMPARE(role(0, "demo").toBool(), true);
        QTRY_COMPARE_WITH_TIMEOUT(role(0, "supported").toBool(), true, patienceMs);
        QCOMPARE(role(0, "quantization").toString(), QStringLiteral("Q8_0"));
        QCOMPARE(role(0, "sizeText").toString(), QStringLiteral("9.6 MB"));
        QCOMPARE(role(0, "architecture").toString(), QStringLiteral("llama"));
        m_library->remove(0);
        QCOMPARE(m_library->count(), 1);
    }

    void addedFilesAreRemembered()
    {
        const QString file = makeFile(QStringLiteral("a.gguf"));
        m_library->add({QUrl::fromLocalFile(file), QUrl::fromLocalFile(file)});
        QTRY_COMPARE_WITH_TIMEOUT(m_library->count(), 2, patienceMs);
        QCOMPARE(m_settings->models(), QStringList{file});
        QTRY_VERIFY_WITH_TIMEOUT(!role(1, "problem").toString().isEmpty(), patienceMs);
        QCOMPARE(role(1, "supported").toBool(), false);
        QCOMPARE(role(1, "missing").toBool(), false);
        m_library->remove(1);
        QVERIFY(m_settings->models().isEmpty());
        QVERIFY(QFile::exists(file));
    }

    void folderStandsForItsModels()
    {
        makeFile(QStringLiteral("models/a.gguf"));
        makeFile(QStringLiteral("models/deep/b-00001-of-00002.gguf"));
        makeFile(QStringLiteral("models/deep/b-00002-of-00002.gguf"));
        makeFile(QStringLiteral("models/notes.txt"));
        m_library->add({QUrl::fromLocalFile(m_directory->filePath(QStringLiteral("models")))});
        QTRY_COMPARE_WITH_TIMEOUT(m_library->count(), 3, patienceMs);
    }

    void goneFileIsMarked()
    {
        const QString file = makeFile(QStringLiteral("a.gguf"));
        m_library->add({QUrl::fromLocalFile(file)});
        QTRY_COMPARE_WITH_TIMEOUT(m_library->count(), 2, patienceMs);
        QFile::remove(file);
        m_library->refresh();
        QTRY_COMPARE_WITH_TIMEOUT(role(1, "missing").toBool(), true, patienceMs);
    }

private:
    QString makeFile(const QString& name)
    {
        QFile file(m_directory->filePath(name));
        QDir().mkpath(QFileInfo(file).path());
        return file.open(QIODevice::WriteOnly) && file.write("no model") > 0 ? file.fileName() : QString();
    }

    QVariant role(int row, const char* name)
    {
        return m_library->data(m_library->index(row), m_library->roleNames().key(name));
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<Worker> m_worker;
    std::unique_ptr<ModelLibrary> m_library;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(ModelLibraryTest)
#include "model_library_test.moc"
