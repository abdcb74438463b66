#include "backend/hip/doctor.h"
#include "emulated_gpu.h"

#include <algorithm>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

bool contains(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

/// The doctor sees what is there, tests it and says what follows.
class HipDoctorTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        const std::filesystem::path root = m_root->path().toStdString();
        m_paths = {root / "kfd", root / "topology", root / "drm", root / "dri", {}};
    }
    void cleanup() { qunsetenv("ROCMFORGE_EMULATOR_WRONG_KERNEL"); }

    void machineWithoutGpuIsDescribed()
    {
        m_paths.libraries = {"/nonexistent/libamdhip64.so"};
        const DoctorReport report = diagnose(m_paths, {});
        QCOMPARE(report.uses, std::string("CPU"));
        QVERIFY(contains(report.reason, "no AMD GPU"));
        QCOMPARE(report.libraries.size(), size_t(1));
        QVERIFY(contains(report.libraries[0].problem, "/nonexistent"));
        QVERIFY(!report.nodes[0].exists);
        QVERIFY(report.gpus.empty());
        QVERIFY(report.memory_bandwidth > 0);
        QVERIFY(std::ranges::find(report.kernel_targets, "gfx1100") != report.kernel_targets.end());
        QVERIFY(report.system.starts_with("Linux"));
    }

    void libraryWithoutEntryPointIsNamed()
    {
        makeNodes();
        const EmulatedGpu gpu("gfx1100");
        m_paths.libraries = {HIP_INCOMPLETE};
        const DoctorReport report = diagnose(m_paths, {});
        QVERIFY(report.gpu.state == GpuState::no_library);
        QVERIFY2(contains(report.reason, "hipModuleLaunchKernel"), report.reason.c_str());
        QVERIFY(!report.remedy.empty());
    }

    void everyDeviceIsTestedAndMeasured()
    {
        makeNodes();
        qputenv("ROCMFORGE_EMULATOR_WRONG_KERNEL", "gfx90a:soft_cap");
        const EmulatedGpu gpu("gfx803,gfx1100,gfx90a");
        m_paths.libraries = {"/nonexistent/libamdhip64.so", HIP_EMULATOR};
        int nKept = 0;
        const DoctorReport report =
            diagnose(m_paths, [&](const SelfTest& test) { nKept += test.state != SelfTestState::running; });
        QCOMPARE(report.libraries.size(), size_t(2));
        QVERIFY(report.libraries[1].problem.empty());
        QCOMPARE(report.libraries[1].path, std::filesystem::canonical(HIP_EMULATOR).string());
        QCOMPARE(report.gpu.driver, std::string("6.2.0"));
        QVERIFY(report.nodes[0].accessible);
        QVERIFY(report.nodes[1].path.ends_with("renderD128"));
        QCOMPARE(report.gpus.size(), size_t(3));
        QVERIFY(report.gpus[0].self_test.state == SelfTestState::passed);
        QVERIFY(report.gpus[0].bandwidth.to_device > 0);
        QVERIFY(report.gpus[0].memory_free > 0);
        QVERIFY(report.gpus[1].self_test.state == SelfTestState::failed);
        QCOMPARE(report.gpus[1].self_test.failures[0].kernel, std::string("soft cap"));
        QVERIFY(!report.gpus[2].has_kernels); // the last choice
        QVERIFY(contains(report.gpus[2].problem, "gfx803"));
        QCOMPARE(nKept, 2);
        QVERIFY2(contains(report.uses, "Emulated GPU"), report.uses.c_str());
    }

    void wrongKernelIsTheReasonForTheCpu()
    {
        makeNodes();
        qputenv("ROCMFORGE_EMULATOR_WRONG_KERNEL", "scale");
        const EmulatedGpu gpu("gfx1100");
        m_paths.libraries = {HIP_EMULATOR};
        const DoctorReport report = diagnose(m_paths, {});
        QCOMPARE(report.uses, std::string("CPU"));
        QVERIFY2(contains(report.reason, "'scale' computes wrongly"), report.reason.c_str());
        QVERIFY(!report.remedy.empty());
    }

private:
    /// As where the driver runs and this user may use it.
    void makeNodes()
    {
        QDir().mkpath(m_root->filePath("dri"));
        for (const char* name : {"kfd", "dri/renderD128", "dri/card0"}) {
            QFile file(m_root->filePath(name));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
    }

    std::unique_ptr<QTemporaryDir> m_root;
    GpuProbePaths m_paths;
};

QTEST_GUILESS_MAIN(HipDoctorTest)
#include "hip_doctor_test.moc"
