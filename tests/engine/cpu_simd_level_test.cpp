#include "cpu_testing.h"

#include <rocmforge/hardware.h>

using namespace rocmforge;
using namespace rocmforge::test;

class CpuSimdLevelTest : public QObject {
    Q_OBJECT

private slots:
    void init() { qunsetenv("ROCMFORGE_SIMD"); }
    void cleanup() { qunsetenv("ROCMFORGE_SIMD"); }

    void namedLevelIsUsed_data() { addSimdRows(); }
    void namedLevelIsUsed()
    {
        QFETCH(std::string, simd);
        QCOMPARE(titleInName(create_cpu_backend(1, simd)), title(simd));
    }

    void variableOverridesTheBestLevel_data() { addSimdRows(); }
    void variableOverridesTheBestLevel()
    {
        QFETCH(std::string, simd);
        qputenv("ROCMFORGE_SIMD", simd.c_str());
        QCOMPARE(titleInName(create_cpu_backend(1, "")), title(simd));
        QCOMPARE(QString::fromStdString(cpu_info().simd), title(simd));
    }

    void argumentOverridesTheVariable()
    {
        qputenv("ROCMFORGE_SIMD", "no such level");
        QCOMPARE(titleInName(create_cpu_backend(1, "scalar")), QString("scalar"));
    }

    void unknownLevelIsRejected()
    {
        const auto backend = create_cpu_backend(1, "mmx");
        QVERIFY(!backend);
        QVERIFY(backend.error().kind == ErrorKind::invalid_value);
        QVERIFY(QString::fromStdString(backend.error().message).contains("mmx"));
        QVERIFY(!backend.error().remedy.empty());
    }

    void threadsAreAtMostTheProcessors()
    {
        const auto backend = create_cpu_backend(100000, "");
        QVERIFY(backend.has_value());
        const int n = cpu_info().n_threads;
        const QString threads = n == 1 ? "1 thread" : QString("%1 threads").arg(n);
        QVERIFY(QString::fromStdString((*backend)->name()).endsWith(", " + threads));
    }

    void processorIsDescribed()
    {
        const CpuInfo info = cpu_info();
        QVERIFY(info.n_cores >= 1);
        QVERIFY(info.n_threads >= info.n_cores);
        QVERIFY(info.memory_total > info.memory_available);
        QVERIFY(info.memory_available > 0);
        QVERIFY(!info.name.empty());
    }

private:
    static QString title(const std::string& simd)
    {
        return QString::fromUtf8(cpu::simd_title(cpu::choose_simd_level(simd).value()).data());
    }

    /// What stands between "CPU " and the threads.
    static QString titleInName(const Result<std::unique_ptr<Backend>>& backend)
    {
        return backend ? QString::fromStdString((*backend)->name()).mid(4).section(',', 0, 0)
                       : QString::fromStdString(backend.error().message);
    }
};

QTEST_GUILESS_MAIN(CpuSimdLevelTest)
#include "cpu_simd_level_test.moc"
