// The GPUs that the compute driver (KFD) knows.
#pragma once

#include <QtCore/QHash>
#include <QtCore/QString>

struct KfdNode {
    QString target; ///< "gfx1100"
    int computeUnits = 0;
};

/// By PCI address, "0000:03:00.0". `nodes` is /sys/class/kfd/kfd/topology/nodes. Wakes no card.
[[nodiscard]] QHash<QString, KfdNode> readKfdTopology(const QString& nodes);
