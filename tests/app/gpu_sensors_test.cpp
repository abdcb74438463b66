#include "hardware/gpu_sensors.h"

#include "support/recorded_gpus.h"

#include <QtTest>

#include <sys/inotify.h>
#include <unistd.h>

using namespace rocmforge::test;

namespace {

bool same(double a, double b)
{
    return (std::isnan(a) && std::isnan(b)) || qFuzzyCompare(a, b);
}

/// Names the files that are opened below a folder and its subfolders.
class OpenWatch {
public:
    explicit OpenWatch(const QStringList& folders)
    {
        for (const QString& folder : folders)
            inotify_add_watch(m_inotify, QFile::encodeName(folder).constData(), IN_OPEN);
    }
    ~OpenWatch() { close(m_inotify); }
    OpenWatch(const OpenWatch&) = delete;
    OpenWatch& operator=(const OpenWatch&) = delete;

    /// Since the last call.
    [[nodiscard]] QSet<QString> opened() const
    {
        QSet<QString> names;
        alignas(inotify_event) char events[65536];
        const ssize_t size = ::read(m_inotify, events, sizeof events);
        for (ssize_t at = 0; at < size;) {
            const auto* event = reinterpret_cast<const inotify_event*>(events + at);
            if (event->len > 0 && !(event->mask & IN_ISDIR))
                names.insert(QFile::decodeName(event->name));
            at += ssize_t(sizeof(inotify_event)) + event->len;
        }
        return names;
    }

private:
    const int m_inotify = inotify_init1(IN_NONBLOCK);
};

} // namespace

/// Values that a card shows.
struct Expected {
    FakeCard card;
    QString name;
    QString target;
    int computeUnits;
    bool integrated;
    double utilization, vramTotal, vramUsed, gttTotal, edge, junction, memory, power, cap, core, memoryClock;
};
Q_DECLARE_METATYPE(Expected)

class GpuSensorsTest : public QObject {
    Q_OBJECT

private slots:
    void everyCardIsRead_data()
    {
        constexpr double none = notANumber;
        QTest::addColumn<Expected>("expected");
        QTest::newRow("7900 XTX") << Expected{rx7900xtx,   "AMD Radeon RX 7900 XTX",
                                              "gfx1100",   96,
                                              false,       0.37,
                                              25753026560, 5268045824,
                                              33512140800, 54,
                                              67,          72,
                                              143,         339,
                                              2371,        1249};
        QTest::newRow("9070 XT") << Expected{rx9070xt,    "AMD Radeon RX 9070 XT",
                                             "gfx1201",   64,
                                             false,       0.99,
                                             17095983104, 12884901888,
                                             33512140800, 49,
                                             78,          84,
                                             298,         304,
                                             3005,        1258};
        QTest::newRow("Strix Halo") << Expected{strixHalo,   "AMD Radeon 8060S Graphics",
                                                "gfx1151",   40,
                                                true,        0.04,
                                                536870912,   398458880,
                                                66751234048, 41,
                                                none,        none,
                                                17.025,      none,
                                                1100,        none};
        QTest::newRow("MI300X") << Expected{mi300x,       "AMD Instinct MI300X",
                                            "gfx942",     304,
                                            false,        0,
                                            206141652992, 297799680,
                                            270108913664, none,
                                            44,           36,
                                            134,          750,
                                            132,          900};
        QTest::newRow("Raphael") << Expected{raphael,     "AMD Radeon Graphics",
                                             "gfx1036",   2,
                                             true,        0.02,
                                             536870912,   23310336,
                                             33513766912, 46,
                                             none,        none,
                                             38.092,      none,
                                             600,         none};
    }
    void everyCardIsRead()
    {
        QFETCH(Expected, expected);
        const FakeMachine machine({expected.card});
        const QList<GpuReading> readings = GpuSensors(machine.root()).read();
        QCOMPARE(readings.size(), 1);
        const GpuReading& reading = readings.first();
        QCOMPARE(reading.gpu.pciAddress, expected.card.pciAddress);
        QCOMPARE(reading.gpu.name, expected.name);
        QCOMPARE(reading.gpu.target, expected.target);
        QCOMPARE(reading.gpu.computeUnits, expected.computeUnits);
        QCOMPARE(reading.gpu.integrated, expected.integrated);
        QVERIFY(!reading.asleep);
        QVERIFY(same(reading.utilization, expected.utilization));
        QVERIFY(same(reading.vramTotal, expected.vramTotal));
        QVERIFY(same(reading.vramUsed, expected.vramUsed));
        QVERIFY(same(reading.gttTotal, expected.gttTotal));
        QVERIFY(same(reading.edgeTemperature, expected.edge));
        QVERIFY(same(reading.junctionTemperature, expected.junction));
        QVERIFY(same(reading.memoryTemperature, expected.memory));
        QVERIFY(same(reading.power, expected.power));
        QVERIFY(same(reading.powerCap, expected.cap));
        QVERIFY(same(reading.coreClock, expected.core));
        QVERIFY(same(reading.memoryClock, expected.memoryClock));
    }

    void machineWithoutGpusHasNone()
    {
        QVERIFY(GpuSensors(FakeMachine().root()).read().isEmpty());
        QVERIFY(GpuSensors(QStringLiteral("/nonexistent")).read().isEmpty());
    }

    void cardsOfOthersAreLeftOut()
    {
        const FakeCard other{"0000:01:00.0", "vendor 0x10de\ndevice 0x2684\nrevision 0xa1\n"};
        const FakeMachine machine({other, rx7900xtx});
        const auto readings = GpuSensors(machine.root()).read();
        QCOMPARE(readings.size(), 1);
        QCOMPARE(readings.first().gpu.pciAddress, rx7900xtx.pciAddress);
    }

    void severalCardsComeByTheirAddresses()
    {
        const FakeMachine machine({raphael, rx7900xtx});
        const auto readings = GpuSensors(machine.root()).read();
        QCOMPARE(readings.size(), 2);
        QCOMPARE(readings[0].gpu.target, QStringLiteral("gfx1100"));
        QCOMPARE(readings[1].gpu.target, QStringLiteral("gfx1036"));
    }

    void cardInPartsCountsOnce()
    {
        FakeMachine machine({mi300x});
        machine.put("sys/class/kfd/kfd/topology/nodes/9/properties",
                    "simd_count 152\nsimd_per_cu 4\ngfx_target_version 90402\nlocation_id 1280\ndomain 1\n");
        QCOMPARE(GpuSensors(machine.root()).read().size(), 1);
    }

    void missingAndUnreadableFilesAreUnknown()
    {
        FakeMachine machine({rx7900xtx});
        machine.remove(rx7900xtx, "gpu_busy_percent");
        machine.remove(rx7900xtx, "mem_info_vram_used");
        machine.makeUnreadable(rx7900xtx, "mem_info_gtt_total");
        machine.makeUnreadable(rx7900xtx, "hwmon/hwmon4/power1_average");
        machine.remove(rx7900xtx, "hwmon/hwmon4/freq1_input");
        machine.remove(rx7900xtx, "pp_dpm_sclk");
        const GpuReading reading = GpuSensors(machine.root()).read().first();
        QVERIFY(std::isnan(reading.utilization));
        QVERIFY(std::isnan(reading.vramUsed));
        QVERIFY(std::isnan(reading.gttTotal));
        QVERIFY(std::isnan(reading.power));
        QVERIFY(std::isnan(reading.coreClock));
        QCOMPARE(reading.vramTotal, 25753026560.0);
        QCOMPARE(reading.edgeTemperature, 54.0);
    }

    void cardWithNothingButItsIdIsListed()
    {
        const FakeCard bare{"0000:01:00.0", "vendor 0x1002\n"};
        const FakeMachine machine({bare});
        const auto readings = GpuSensors(machine.root()).read();
        QCOMPARE(readings.size(), 1);
        QCOMPARE(readings.first().gpu.name, QStringLiteral("AMD GPU"));
        QVERIFY(readings.first().gpu.target.isEmpty());
        QVERIFY(std::isnan(readings.first().edgeTemperature));
    }

    void nonsenseIsUnknown_data()
    {
        QTest::addColumn<QString>("content");
        for (const char* content : {"", "N/A", "-1", "65535", "18446744073709551615", "1e3", "12 34",
                                    "99999999999999999999999999", "\xff\xfe"})
            QTest::newRow(content) << QString::fromLatin1(content);
    }
    void nonsenseIsUnknown()
    {
        QFETCH(QString, content);
        FakeMachine machine({rx7900xtx});
        machine.write(rx7900xtx, "gpu_busy_percent", content);
        machine.write(rx7900xtx, "pp_dpm_sclk", content);
        machine.remove(rx7900xtx, "hwmon/hwmon4/freq1_input");
        const GpuReading reading = GpuSensors(machine.root()).read().first();
        QVERIFY(std::isnan(reading.utilization));
        QVERIFY(std::isnan(reading.coreClock));
    }

    void implausibleSensorsAreUnknown()
    {
        FakeMachine machine({rx7900xtx});
        machine.write(rx7900xtx, "hwmon/hwmon4/temp1_input", "65535000\n");
        machine.write(rx7900xtx, "hwmon/hwmon4/power1_average", "4294967295000000\n");
        const GpuReading reading = GpuSensors(machine.root()).read().first();
        QVERIFY(std::isnan(reading.edgeTemperature));
        QVERIFY(std::isnan(reading.power));
    }

    void nodesOfNonsenseAreLeftOut()
    {
        FakeMachine machine({rx7900xtx});
        machine.put("sys/class/kfd/kfd/topology/nodes/1/properties",
                    "gfx_target_version\n\nsimd_count x y\n");
        const GpuReading reading = GpuSensors(machine.root()).read().first();
        QVERIFY(reading.gpu.target.isEmpty());
        QCOMPARE(reading.gpu.name, QStringLiteral("AMD Radeon RX 7900 XTX"));
    }

    void sleepingCardIsNotWoken()
    {
        FakeMachine machine({rx7900xtx});
        machine.write(rx7900xtx, "power/runtime_status", "suspended\n");
        const QString card = machine.directoryOf(rx7900xtx);
        const OpenWatch watch({card, card + "/power", card + "/hwmon", card + "/hwmon/hwmon4"});
        GpuSensors sensors(machine.root());
        const GpuReading reading = sensors.read().first();
        QVERIFY(reading.asleep);
        QCOMPARE(reading.gpu.name, QStringLiteral("AMD Radeon RX 7900 XTX"));
        QCOMPARE(reading.gpu.target, QStringLiteral("gfx1100"));
        QVERIFY(std::isnan(reading.vramTotal));
        QVERIFY(std::isnan(reading.power));
        QCOMPARE(watch.opened(), (QSet<QString>{"vendor", "device", "revision", "runtime_status"}));

        machine.write(rx7900xtx, "power/runtime_status", "active\n");
        QVERIFY(!watch.opened().contains("gpu_busy_percent"));
        QVERIFY(!sensors.read().first().asleep);
        QVERIFY(watch.opened().contains("gpu_busy_percent"));
    }

    void idleCardMayFallAsleep()
    {
        FakeMachine machine({rx7900xtx});
        machine.write(rx7900xtx, "gpu_busy_percent", "0\n");
        const OpenWatch watch({machine.directoryOf(rx7900xtx)});
        QCOMPARE(longestRest(machine, watch, 60), 6); // its delay and a second
    }

    void cardThatWorksIsReadEverySecond()
    {
        const FakeMachine machine({rx7900xtx});
        const OpenWatch watch({machine.directoryOf(rx7900xtx)});
        QCOMPARE(longestRest(machine, watch, 30), 0);
    }

    void idleCardThatNeverSleepsIsReadEverySecond()
    {
        const FakeMachine machine({mi300x});
        const OpenWatch watch({machine.directoryOf(mi300x)});
        QCOMPARE(longestRest(machine, watch, 30), 0);
    }

    void cardMayVanishAndComeBack()
    {
        FakeMachine machine({rx7900xtx, raphael});
        GpuSensors sensors(machine.root());
        QCOMPARE(sensors.read().size(), 2);
        machine.unplug(rx7900xtx);
        const auto rest = sensors.read();
        QCOMPARE(rest.size(), 1);
        QCOMPARE(rest.first().gpu.target, QStringLiteral("gfx1036"));
        machine.plugIn(rx7900xtx);
        QCOMPARE(sensors.read().size(), 2);
    }

private:
    /// Reads in a row that left the card alone.
    static int longestRest(const FakeMachine& machine, const OpenWatch& watch, int nReads)
    {
        GpuSensors sensors(machine.root());
        int rest = 0;
        int longest = 0;
        for (int i = 0; i < nReads; ++i) {
            const double vram = sensors.read().first().vramTotal;
            rest = watch.opened().contains("gpu_busy_percent") ? 0 : rest + 1;
            longest = std::isnan(vram) ? nReads : qMax(longest, rest);
        }
        return longest;
    }
};

QTEST_GUILESS_MAIN(GpuSensorsTest)
#include "gpu_sensors_test.moc"
