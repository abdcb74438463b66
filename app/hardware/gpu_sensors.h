// The AMD GPUs of this machine and their sensors, from the files of the amdgpu driver.
#pragma once

#include "hardware/gpu_reading.h"

#include <QtCore/QHash>
#include <QtCore/QList>
#include <QtCore/QMap>

/// To be read once a second, by one thread at a time. A card that sleeps is not woken: of it only files
/// are read for which the driver needs no hardware. Since reading keeps a card awake, one that is idle
/// and might fall asleep is left alone for a while.
class GpuSensors {
public:
    /// `root` holds sys/ and usr/: "/", or a test's own.
    explicit GpuSensors(const QString& root);

    /// In the order of PCI addresses; without cards that have vanished.
    [[nodiscard]] QList<GpuReading> read();

private:
    struct Card {
        QString directory; ///< of the PCI device
        GpuReading last;
        int idleReads = 0; ///< in a row
        int readsToSkip = 0;
    };

    /// PCI addresses of AMD's cards → their directories, sorted.
    [[nodiscard]] QMap<QString, QString> findCards() const;
    [[nodiscard]] GpuIdentity identify(const QString& pciAddress, const QString& directory) const;
    static const GpuReading& read(Card& card);

    const QString m_root;
    QHash<QString, Card> m_cards; ///< by PCI address
};
