#include "backend/hip/gpu_probe.h"
#include "emulated_gpu.h"

#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

#include <fstream>

using namespace rocmforge;
using namespace rocmforge::test;
namespace fs = std::filesystem;

class GpuProbeTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_root = std::make_unique<QTemporaryDir>();
        const fs::path root = m_root->path().toStdString();
        m_paths = {root / "kfd", root / "topology", root / "drm", root / "dri", {}};
    }

    void gfxNamesAreWrittenAsPeopleDo_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<QString>("name");
        QTest::newRow("RDNA 3") << 110000 << "gfx1100";
        QTest::newRow("RDNA 3.5") << 110501 << "gfx1151";
        QTest::newRow("CDNA 2") << 90010 << "gfx90a";
        QTest::newRow("CDNA 3") << 90402 << "gfx942";
        QTest::newRow("RDNA 4") << 120001 << "gfx1201";
    }
    void gfxNamesAreWrittenAsPeopleDo()
    {
        QFETCH(int, version);
        QTEST(QString::fromStdString(gfx_name(version)), "name");
    }

    void machineWithoutAmdGpuNeedsNothing()
    {
        const GpuInfo info = probe_gpu(m_paths);
        QCOMPARE(info.state, GpuState::no_device);
        QVERIFY(info.reason.contains("no AMD GPU"));
        QVERIFY(!info.remedy.empty());
    }

    void displayCardWithoutComputeDriverIsNamed()
    {
        write(m_paths.drm / "card0/device/vendor", "0x1002\n");
        const GpuInfo info = probe_gpu(m_paths);
        QCOMPARE(info.state, GpuState::no_device);
        QVERIFY(info.reason.contains("kfd"));
        QVERIFY(info.remedy.contains("amdgpu"));
    }

    void forbiddenDeviceNodeNamesTheGroups()
    {
        write(m_paths.kfd, "");
        fs::permissions(m_paths.kfd, fs::perms::none);
        fs::permissions(m_paths.kfd.parent_path(), fs::perms::group_exec | fs::perms::others_exec,
                        fs::perm_options::add);
        // Root may open everything: be nobody meanwhile.
        const uid_t user = geteuid();
        if (user == 0)
            QCOMPARE(seteuid(65534), 0);
        const GpuInfo info = probe_gpu(m_paths);
        QCOMPARE(seteuid(user), 0);
        QCOMPARE(info.state, GpuState::no_permission);
        QVERIFY(info.remedy.contains("render,video"));
    }

    void missingLibraryIsItsOwnState()
    {
        write(m_paths.kfd, "");
        write(m_paths.topology / "1/properties", "simd_count 192\ngfx_target_version 110000\n");
        write(m_paths.topology / "0/properties", "cpu_cores_count 16\ngfx_target_version 0\n");
        m_paths.libraries = {"/nonexistent/libamdhip64.so"};
        const GpuInfo info = probe_gpu(m_paths);
        QCOMPARE(info.state, GpuState::no_library);
        QCOMPARE(info.devices, std::vector<std::string>{"gfx1100"});
    }

    void libraryWithoutDeviceIsHonest()
    {
        write(m_paths.kfd, "");
        const EmulatedGpu gpu("");
        m_paths.libraries = {"/nonexistent/libamdhip64.so", HIP_EMULATOR};
        const GpuInfo info = probe_gpu(m_paths);
        QCOMPARE(info.state, GpuState::no_device);
        QCOMPARE(info.library, std::string(HIP_EMULATOR));
        QCOMPARE(info.driver, std::string("6.2"));
    }

    void usableDeviceIsReady()
    {
        const EmulatedGpu gpu("gfx1100,gfx90a");
        write(m_paths.kfd, "");
        m_paths.libraries = {HIP_EMULATOR};
        const GpuInfo info = probe_gpu(m_paths);
        QCOMPARE(info.state, GpuState::ready);
        QCOMPARE(info.devices.front(), std::string("Emulated GPU (gfx1100)"));
        QCOMPARE(info.gpus.size(), size_t(2));
        QVERIFY(info.gpus[0].preferred && info.gpus[0].supported);
        QCOMPARE(info.gpus[1].target, std::string("gfx90a"));
        QCOMPARE(info.gpus[1].pci_address, std::string("0000:02:00.0"));
    }

    void deviceWithoutKernelsIsNamed()
    {
        const EmulatedGpu gpu("gfx803");
        write(m_paths.kfd, "");
        m_paths.libraries = {HIP_EMULATOR};
        const GpuInfo info = probe_gpu(m_paths);
        QCOMPARE(info.state, GpuState::unsupported_target);
        QVERIFY(info.reason.contains("gfx803"));
    }

    void anotherRootIsProbedInstead()
    {
        qputenv("ROCMFORGE_SYSTEM_ROOT", m_root->path().toUtf8());
        const GpuProbePaths paths = default_gpu_probe_paths();
        qunsetenv("ROCMFORGE_SYSTEM_ROOT");
        const fs::path root = m_root->path().toStdString();
        QCOMPARE(paths.kfd, root / "dev/kfd");
        QCOMPARE(paths.drm, root / "sys/class/drm");
        QCOMPARE(default_gpu_probe_paths().kfd, fs::path("/dev/kfd"));
    }

    void thisMachineIsProbedWithoutHarm()
    {
        const GpuInfo info = gpu_info();
        QVERIFY(!info.title.empty());
        QVERIFY(!info.reason.empty());
    }

private:
    static void write(const fs::path& path, const char* text)
    {
        fs::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }

    std::unique_ptr<QTemporaryDir> m_root;
    GpuProbePaths m_paths;
};

namespace QTest {
template <> char* toString(const GpuState& state)
{
    return QTest::toString(static_cast<int>(state));
}
} // namespace QTest

QTEST_GUILESS_MAIN(GpuProbeTest)
#include "gpu_probe_test.moc"
