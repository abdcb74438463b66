#include "hardware/kfd_topology.h"

#include "hardware/sysfs.h"

#include <rocmforge/hardware.h>

#include <QtCore/QDir>

namespace {

/// Of lines "key value".
QHash<QByteArray, qint64> readProperties(const QString& path)
{
    QHash<QByteArray, qint64> properties;
    for (const QByteArray& line : readText(path).split('\n')) {
        const qsizetype space = line.indexOf(' ');
        if (space > 0)
            properties.insert(line.left(space), line.mid(space + 1).trimmed().toLongLong());
    }
    return properties;
}

QString pciAddress(qint64 domain, qint64 location)
{
    constexpr QChar zero(u'0');
    return QStringLiteral("%1:%2:%3.%4")
        .arg(domain, 4, 16, zero)
        .arg(location >> 8 & 0xff, 2, 16, zero)
        .arg(location >> 3 & 0x1f, 2, 16, zero)
        .arg(location & 7);
}

} // namespace

QHash<QString, KfdNode> readKfdTopology(const QString& nodes)
{
    QHash<QString, KfdNode> gpus;
    const QDir directory(nodes);
    for (const QString& name : directory.entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const auto properties = readProperties(directory.filePath(name + QStringLiteral("/properties")));
        const auto version = int(properties.value("gfx_target_version"));
        if (version <= 0) // a processor
            continue;
        const qint64 simdsPerUnit = qMax(qint64(1), properties.value("simd_per_cu", 2));
        // A card in parts has several nodes: the first stands for it.
        const QString address = pciAddress(properties.value("domain"), properties.value("location_id"));
        if (!gpus.contains(address))
            gpus.insert(address,
                        {QString::fromStdString(rocmforge::gfx_name(version)),
                         int(properties.value("simd_count") / simdsPerUnit)});
    }
    return gpus;
}
