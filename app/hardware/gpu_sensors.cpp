#include "hardware/gpu_sensors.h"

#include "hardware/gpu_names.h"
#include "hardware/kfd_topology.h"

#include <rocmforge/hardware.h>

#include <QtCore/QDir>

namespace {

constexpr int vendorAmd = 0x1002;
constexpr int idleReadsBeforeRest = 10;

// Beyond these a driver does not know.
constexpr double mostBytes = 1e15;
constexpr double mostMillidegrees = 200e3;
constexpr double mostMicrowatts = 5e9;
constexpr double mostHertz = 20e9;

bool isAsleep(const QString& card)
{
    const QByteArray status = readText(card + QStringLiteral("/power/runtime_status"));
    return status == "suspended" || status == "suspending";
}

/// Seconds of rest after which a card without work falls asleep; 0 = it never does.
int secondsToSleep(const QString& card)
{
    if (readText(card + QStringLiteral("/power/control")) != "auto")
        return 0;
    const double delay = readNumber(card + QStringLiteral("/power/autosuspend_delay_ms"), 60e3);
    return std::isnan(delay) ? 0 : int(std::ceil(delay / 1000)) + 1;
}

/// The driver's directory of hardware monitoring; empty if there is none.
QString hwmonOf(const QString& card)
{
    const QDir directory(card + QStringLiteral("/hwmon"));
    const QStringList names = directory.entryList({QStringLiteral("hwmon*")}, QDir::Dirs);
    return names.isEmpty() ? QString() : directory.filePath(names.first());
}

void readTemperatures(GpuReading& reading, const QString& hwmon)
{
    for (const char digit : {'1', '2', '3'}) {
        const QString sensor = hwmon + QStringLiteral("/temp") + QLatin1Char(digit);
        const double celsius = readNumber(sensor + QStringLiteral("_input"), mostMillidegrees) / 1000;
        const QByteArray label = readText(sensor + QStringLiteral("_label"));
        if (label == "junction")
            reading.junctionTemperature = celsius;
        else if (label == "mem")
            reading.memoryTemperature = celsius;
        else if (label == "edge" || digit == '1') // older drivers have one sensor and no labels
            reading.edgeTemperature = celsius;
    }
}

/// The average where there is one: it is what the card draws.
double readPower(const QString& hwmon)
{
    const double average = readNumber(hwmon + QStringLiteral("/power1_average"), mostMicrowatts);
    return (std::isnan(average) ? readNumber(hwmon + QStringLiteral("/power1_input"), mostMicrowatts)
                                : average)
        / 1e6;
}

/// MHz of the level in use, in lines like "1: 2371Mhz *".
double readLevel(const QString& path)
{
    for (const QByteArray& line : readText(path).split('\n')) {
        const qsizetype unit = line.toLower().indexOf("mhz");
        const qsizetype colon = line.indexOf(':');
        bool isNumber = false;
        const double clock = line.mid(colon + 1, unit - colon - 1).trimmed().toDouble(&isNumber);
        if (line.trimmed().endsWith('*') && isNumber)
            return clock;
    }
    return notANumber;
}

double readClock(const QString& hwmon, const char* input, const QString& levels)
{
    const double hertz = readNumber(hwmon + QLatin1Char('/') + QLatin1String(input), mostHertz);
    return std::isnan(hertz) ? readLevel(levels) : hertz / 1e6;
}

GpuReading readSensors(const GpuIdentity& gpu, const QString& card)
{
    GpuReading reading;
    reading.gpu = gpu;
    reading.utilization = readNumber(card + QStringLiteral("/gpu_busy_percent"), 100) / 100;
    reading.vramTotal = readNumber(card + QStringLiteral("/mem_info_vram_total"), mostBytes);
    reading.vramUsed = readNumber(card + QStringLiteral("/mem_info_vram_used"), mostBytes);
    reading.gttTotal = readNumber(card + QStringLiteral("/mem_info_gtt_total"), mostBytes);
    reading.gttUsed = readNumber(card + QStringLiteral("/mem_info_gtt_used"), mostBytes);
    const QString hwmon = hwmonOf(card);
    readTemperatures(reading, hwmon);
    reading.power = readPower(hwmon);
    reading.powerCap = readNumber(hwmon + QStringLiteral("/power1_cap"), mostMicrowatts) / 1e6;
    reading.coreClock = readClock(hwmon, "freq1_input", card + QStringLiteral("/pp_dpm_sclk"));
    reading.memoryClock = readClock(hwmon, "freq2_input", card + QStringLiteral("/pp_dpm_mclk"));
    return reading;
}

} // namespace

GpuSensors::GpuSensors(const QString& root)
    : m_root(root)
{
}

QList<GpuReading> GpuSensors::read()
{
    const QMap<QString, QString> found = findCards();
    m_cards.removeIf([&](const auto& card) { return !found.contains(card.key()); });
    QList<GpuReading> readings;
    for (auto it = found.begin(); it != found.end(); ++it) {
        if (!m_cards.contains(it.key()))
            m_cards.insert(it.key(), {it.value(), {identify(it.key(), it.value())}});
        readings.append(read(m_cards[it.key()]));
    }
    return readings;
}

QMap<QString, QString> GpuSensors::findCards() const
{
    QMap<QString, QString> cards;
    const QDir drm(QDir(m_root).filePath(QStringLiteral("sys/class/drm")));
    for (const QString& name : drm.entryList({QStringLiteral("card*")}, QDir::Dirs)) {
        const QString directory =
            QFileInfo(drm.filePath(name + QStringLiteral("/device"))).canonicalFilePath();
        // Connectors, card0-DP-1, lie beside the cards; their devices are the cards.
        if (!name.contains(QLatin1Char('-'))
            && readHexadecimal(directory + QStringLiteral("/vendor")) == vendorAmd)
            cards.insert(QFileInfo(directory).fileName(), directory);
    }
    return cards;
}

GpuIdentity GpuSensors::identify(const QString& pciAddress, const QString& directory) const
{
    const QDir root(m_root);
    const KfdNode node =
        readKfdTopology(root.filePath(QStringLiteral("sys/class/kfd/kfd/topology/nodes"))).value(pciAddress);
    const QString name = gpuName(readHexadecimal(directory + QStringLiteral("/device")),
                                 readHexadecimal(directory + QStringLiteral("/revision")),
                                 root.filePath(QStringLiteral("usr/share/libdrm/amdgpu.ids")));
    return {pciAddress, name, node.target, node.computeUnits,
            rocmforge::is_integrated_target(node.target.toStdString())};
}

const GpuReading& GpuSensors::read(Card& card)
{
    const GpuIdentity gpu = card.last.gpu;
    if (isAsleep(card.directory)) {
        card.last = {gpu, true};
        card.idleReads = card.readsToSkip = 0;
    } else if (card.readsToSkip > 0) {
        --card.readsToSkip;
    } else {
        card.last = readSensors(gpu, card.directory);
        card.idleReads = card.last.utilization > 0 ? 0 : card.idleReads + 1;
        card.readsToSkip = card.idleReads > idleReadsBeforeRest ? secondsToSleep(card.directory) : 0;
    }
    return card.last;
}
