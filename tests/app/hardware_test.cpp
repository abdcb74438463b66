#include "hardware/hardware.h"

#include "support/recorded_gpus.h"
#include "test_app.h"

using namespace rocmforge::test;

class HardwareTest : public QObject {
    Q_OBJECT

private slots:
    void cardsAreShownWhileSomeoneLooks()
    {
        const FakeMachine machine({rx7900xtx, raphael});
        Hardware hardware(m_worker, machine.root());
        QTest::qWait(100);
        QVERIFY(hardware.gpuList().isEmpty());
        QVERIFY(hardware.cpuName().isEmpty()); // nothing was probed

        hardware.setActive(true);
        WAIT_FOR_EQUAL(hardware.gpuList().size(), 2);
        const Gpu& gpu = *hardware.gpuList().first();
        QCOMPARE(gpu.name(), QStringLiteral("AMD Radeon RX 7900 XTX"));
        QCOMPARE(gpu.utilization(), 0.37);
        QCOMPARE(gpu.temperature(), 72.0);
        QCOMPARE(gpu.temperatures(), QStringLiteral("edge 54 °C · junction 67 °C · memory 72 °C"));
        QVERIFY(hardware.gpuList().last()->integrated());
        QVERIFY(hardware.memoryUsed() > 0);
        WAIT_FOR(!hardware.cpuName().isEmpty());
    }

    void machineWithoutCardsSaysWhy()
    {
        const FakeMachine machine;
        Hardware hardware(m_worker, machine.root());
        hardware.setActive(true);
        WAIT_FOR(hardware.memoryUsed() > 0);
        WAIT_FOR(!hardware.gpu().isEmpty());
        QVERIFY(hardware.gpuList().isEmpty());
        QVERIFY(!hardware.gpu().value("reason").toString().isEmpty());
        QCOMPARE(hardware.choices().size(), 2);
    }

    void newSecondBringsANewSample()
    {
        FakeMachine machine({rx7900xtx});
        Hardware hardware(m_worker, machine.root());
        hardware.setActive(true);
        WAIT_FOR_EQUAL(hardware.gpuList().size(), 1);
        const Gpu* gpu = hardware.gpuList().first();
        machine.write(rx7900xtx, "gpu_busy_percent", "81\n");
        machine.remove(rx7900xtx, "hwmon/hwmon4/power1_average");
        WAIT_FOR_EQUAL(gpu->utilization(), 0.81);
        QCOMPARE(hardware.gpuList().first(), gpu); // the same object goes on
        QCOMPARE(gpu->utilizationHistory().last(), 0.81);
        QVERIFY(gpu->utilizationHistory().size() >= 2);
        QCOMPARE(gpu->powerHistory().first(), 143.0);
        QVERIFY(std::isnan(gpu->powerHistory().last()));
    }

    void nothingIsReadWhileNobodyLooks()
    {
        FakeMachine machine({rx7900xtx});
        Hardware hardware(m_worker, machine.root());
        hardware.setActive(true);
        WAIT_FOR_EQUAL(hardware.gpuList().size(), 1);
        hardware.setActive(false);
        const Gpu* gpu = hardware.gpuList().first();
        QSignalSpy changed(gpu, &Gpu::changed);
        QTest::qWait(1500);
        QCOMPARE(changed.count(), 0);
        hardware.setActive(true);
        QVERIFY(gpu->utilizationHistory().isEmpty()); // no curve over a gap in time
        WAIT_FOR(changed.count() > 0);
        QCOMPARE(hardware.gpuList().first(), gpu);
    }

    void modelOnAGpuKeepsReading()
    {
        const FakeMachine machine({rx7900xtx, raphael});
        Hardware hardware(m_worker, machine.root());
        hardware.setComputingGpu(rx7900xtx.pciAddress);
        WAIT_FOR_EQUAL(hardware.gpuList().size(), 2);
        QVERIFY(hardware.gpuList().first()->inUse());
        QVERIFY(!hardware.gpuList().last()->inUse());
        WAIT_FOR(hardware.gpuList().first()->utilizationHistory().size() >= 2);
        hardware.setComputingGpu(std::nullopt);
        QVERIFY(!hardware.gpuList().first()->inUse());
    }

    void vanishedCardLeavesTheList()
    {
        FakeMachine machine({rx7900xtx, raphael});
        Hardware hardware(m_worker, machine.root());
        hardware.setActive(true);
        WAIT_FOR_EQUAL(hardware.gpuList().size(), 2);
        QSignalSpy changed(&hardware, &Hardware::gpusChanged);
        machine.unplug(rx7900xtx);
        WAIT_FOR_EQUAL(hardware.gpuList().size(), 1);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(hardware.gpuList().first()->pciAddress(), raphael.pciAddress);
    }

    void historyIsAMinute()
    {
        GpuReading reading;
        Gpu gpu(reading);
        for (int i = 1; i <= 100; ++i) {
            reading.utilization = i / 100.0;
            gpu.update(reading);
        }
        QCOMPARE(gpu.utilizationHistory().size(), 60);
        QCOMPARE(gpu.utilizationHistory().first(), 0.41);
        QCOMPARE(gpu.utilizationHistory().last(), 1.0);
    }

    void everyDeviceOfHipCanBeChosen()
    {
        FakeCard card = rx7900xtx;
        card.pciAddress = "0000:02:00.0"; // of the emulator's second device
        FakeMachine machine({card});
        machine.put("dev/kfd", {});
        qputenv("ROCMFORGE_SYSTEM_ROOT", machine.root().toUtf8());
        qputenv("ROCMFORGE_HIP_LIBRARY", HIP_EMULATOR);
        qputenv("ROCMFORGE_EMULATOR_TARGETS", "gfx803,gfx90a");
        Hardware hardware(m_worker, machine.root());
        hardware.setActive(true);
        WAIT_FOR_EQUAL(hardware.choices().size(), 4);
        qunsetenv("ROCMFORGE_SYSTEM_ROOT");
        qunsetenv("ROCMFORGE_HIP_LIBRARY");
        const auto choice = [&](int i) { return hardware.choices().at(i).toMap(); };
        QCOMPARE(choice(0).value("value").toString(), QString());
        QCOMPARE(choice(1).value("value").toString(), QStringLiteral("cpu"));
        QCOMPARE(choice(2).value("value").toString(), QStringLiteral("0000:01:00.0"));
        QCOMPARE(choice(2).value("detail").toString(), QStringLiteral("gfx803 · no kernels for it"));
        QCOMPARE(choice(2).value("label").toString(), QStringLiteral("Emulated GPU"));
        WAIT_FOR_EQUAL(choice(3).value("label").toString(), QStringLiteral("AMD Radeon RX 7900 XTX"));
    }

private:
    Worker m_worker{QStringLiteral("test")};
};

QTEST_MAIN(HardwareTest)
#include "hardware_test.moc"
