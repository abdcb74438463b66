#include "backend/hip/device_choice.h"

#include <QtTest>

using namespace rocmforge;
using hip::Device;

namespace {

constexpr int64_t GB = 1'000'000'000;

Device device(int index, const char* name, const char* target, int64_t gigabytes, int n_compute_units)
{
    return {.index = index,
            .name = name,
            .target = target,
            .wave_size = 32,
            .n_compute_units = n_compute_units,
            .memory_bytes = gigabytes * GB,
            .pci_address = "0000:0" + std::to_string(index + 1) + ":00.0",
            .integrated = is_integrated_target(target)};
}

const Device raphael = device(0, "AMD Radeon Graphics", "gfx1036", 32, 1);
const Device xtx = device(1, "AMD Radeon RX 7900 XTX", "gfx1100", 25, 48);
const Device xt9070 = device(2, "AMD Radeon RX 9070 XT", "gfx1201", 17, 32);
const Device polaris = device(3, "AMD Radeon RX 580", "gfx803", 8, 36);
const std::vector<std::string> targets = {"gfx1036", "gfx1100", "gfx1201"};

} // namespace

using Devices = std::vector<Device>;
Q_DECLARE_METATYPE(Devices)

class DeviceChoiceTest : public QObject {
    Q_OBJECT

private slots:
    void bestDeviceIsChosen_data()
    {
        QTest::addColumn<Devices>("devices");
        QTest::addColumn<QString>("chosen");
        QTest::newRow("alone") << Devices{xtx} << "gfx1100";
        QTest::newRow("discrete beside integrated with more memory") << Devices{raphael, xtx} << "gfx1100";
        QTest::newRow("the order does not matter") << Devices{xtx, raphael} << "gfx1100";
        QTest::newRow("integrated with kernels beside discrete without")
            << Devices{polaris, raphael} << "gfx1036";
        QTest::newRow("two discrete by memory") << Devices{xt9070, xtx} << "gfx1100";
        QTest::newRow("without kernels where there is no other") << Devices{polaris} << "gfx803";
    }
    void bestDeviceIsChosen()
    {
        QFETCH(Devices, devices);
        const auto chosen = hip::choose_device(devices, targets);
        QVERIFY(chosen);
        QTEST(QString::fromStdString(chosen->target), "chosen");
    }

    void equalDevicesKeepTheLibrarysOrder()
    {
        Device second = xtx;
        second.index = 2;
        QCOMPARE(hip::choose_device(Devices{xtx, second}, targets)->index, 1);
        second.n_compute_units = 96;
        QCOMPARE(hip::choose_device(Devices{xtx, second}, targets)->index, 2);
    }

    void personMayNameAnother_data()
    {
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<QString>("chosen");
        QTest::newRow("index") << "0" << "gfx1036";
        QTest::newRow("PCI address") << "0000:03:00.0" << "gfx1201";
        QTest::newRow("part of the name") << "rx 9070" << "gfx1201";
        QTest::newRow("number in the name") << "580" << "gfx803";
        QTest::newRow("target") << "GFX1201" << "gfx1201";
        QTest::newRow("name of several: the best of them") << "Radeon" << "gfx1100";
        QTest::newRow("without kernels") << "3" << "gfx803";
    }
    void personMayNameAnother()
    {
        QFETCH(QString, wanted);
        const auto chosen =
            hip::choose_device(Devices{raphael, xtx, xt9070, polaris}, targets, wanted.toStdString());
        QVERIFY(chosen);
        QTEST(QString::fromStdString(chosen->target), "chosen");
    }

    void candidatesComeBestFirst()
    {
        const auto all = hip::candidates(Devices{raphael, polaris, xt9070, xtx}, targets);
        QVERIFY(all);
        QStringList order;
        for (const Device& found : *all)
            order << QString::fromStdString(found.target);
        QCOMPARE(order, (QStringList{"gfx1100", "gfx1201", "gfx1036", "gfx803"}));
        QCOMPARE(hip::candidates(Devices{raphael, polaris, xtx}, targets, "RX")->size(), size_t(2));
    }

    void unknownNameListsThoseThereAre()
    {
        const auto chosen = hip::choose_device(Devices{raphael, xtx}, targets, "4090");
        QVERIFY(!chosen);
        QVERIFY(chosen.error().kind == ErrorKind::not_found);
        QVERIFY(chosen.error().message.contains("4090"));
        QVERIFY(chosen.error().remedy.contains("1 = AMD Radeon RX 7900 XTX (gfx1100)"));
    }

    void noDeviceIsUnsupported()
    {
        QVERIFY(hip::choose_device({}, targets).error().kind == ErrorKind::unsupported);
        QVERIFY(hip::choose_device({}, targets, "0").error().kind == ErrorKind::unsupported);
    }

    void descriptionMarksThePreferred()
    {
        const auto list = hip::described(Devices{raphael, xtx, polaris}, targets);
        QCOMPARE(list.size(), size_t(3));
        QVERIFY(list[0].integrated && list[0].supported && !list[0].preferred);
        QVERIFY(!list[1].integrated && list[1].supported && list[1].preferred);
        QVERIFY(!list[2].integrated && !list[2].supported && !list[2].preferred);
        QCOMPARE(list[1].pci_address, std::string("0000:02:00.0"));
    }
};

QTEST_GUILESS_MAIN(DeviceChoiceTest)
#include "device_choice_test.moc"
