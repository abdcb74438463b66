// A machine's /sys as the amdgpu driver and the compute driver fill it, in a temporary directory.
#pragma once

#include <QDir>
#include <QFile>
#include <QStringList>
#include <QTemporaryDir>

namespace rocmforge::test {

/// `files` has a line "name content" for each file of the PCI device; "kfd/name" are properties of its
/// node of the compute driver. " | " stands for a line break in the content.
struct FakeCard {
    QString pciAddress;
    QString files;
};

class FakeMachine {
public:
    FakeMachine() = default;
    explicit FakeMachine(const QList<FakeCard>& cards)
    {
        put(QStringLiteral("sys/class/kfd/kfd/topology/nodes/0/properties"),
            QStringLiteral("cpu_cores_count 16\nsimd_count 0\ngfx_target_version 0\nlocation_id 0\n"));
        for (const FakeCard& card : cards)
            plugIn(card);
    }

    [[nodiscard]] QString root() const { return m_root.path(); }
    /// Of the PCI device.
    [[nodiscard]] QString directoryOf(const FakeCard& card) const
    {
        return path(QStringLiteral("sys/devices/pci0000:00/") + card.pciAddress);
    }

    void plugIn(const FakeCard& card)
    {
        QString node;
        for (const QString& line : card.files.split('\n', Qt::SkipEmptyParts)) {
            const QString name = line.section(' ', 0, 0);
            const QString content = line.section(' ', 1).replace(QLatin1String(" | "), QLatin1String("\n"));
            if (name.startsWith(QLatin1String("kfd/")))
                node += name.mid(4) + ' ' + content + '\n';
            else
                write(card, name, content + '\n');
        }
        const QString number = QString::number(m_nCards++);
        link(directoryOf(card), "sys/class/drm/card" + number + "/device");
        link(path("sys/class/drm/card" + number), "sys/class/drm/card" + number + "-DP-1/device");
        if (!node.isEmpty())
            put("sys/class/kfd/kfd/topology/nodes/" + QString::number(m_nCards) + "/properties",
                node + location(card.pciAddress));
    }
    /// The driver lets go of it; what points to it stays a moment longer.
    void unplug(const FakeCard& card) { QDir(directoryOf(card)).removeRecursively(); }

    void write(const FakeCard& card, const QString& name, const QString& content)
    {
        put("sys/devices/pci0000:00/" + card.pciAddress + '/' + name, content);
    }
    void remove(const FakeCard& card, const QString& name) { QFile::remove(directoryOf(card) + '/' + name); }
    /// As one that the driver refuses to read.
    void makeUnreadable(const FakeCard& card, const QString& name)
    {
        remove(card, name);
        QDir().mkpath(directoryOf(card) + '/' + name);
    }

    /// Any file below the root.
    void put(const QString& name, const QString& content)
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile file(path(name));
        if (file.open(QIODevice::WriteOnly))
            file.write(content.toUtf8());
    }

private:
    [[nodiscard]] QString path(const QString& name) const { return m_root.filePath(name); }

    void link(const QString& target, const QString& name)
    {
        QDir().mkpath(QFileInfo(path(name)).path());
        QFile::link(target, path(name));
    }

    static QString location(const QString& pciAddress)
    {
        const int domain = pciAddress.mid(0, 4).toInt(nullptr, 16);
        const int bus = pciAddress.mid(5, 2).toInt(nullptr, 16);
        const int device = pciAddress.mid(8, 2).toInt(nullptr, 16);
        return QStringLiteral("location_id %1\ndomain %2\n").arg(bus << 8 | device << 3).arg(domain);
    }

    QTemporaryDir m_root;
    int m_nCards = 0;
};

} // namespace rocmforge::test
