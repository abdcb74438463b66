// What a card is called in the shop.
#pragma once

#include <QtCore/QString>

/// By PCI device and revision: from our table, or from `idsFile` (libdrm's amdgpu.ids) where that is
/// newer; "AMD GPU (0x744c)" where neither knows.
[[nodiscard]] QString gpuName(int device, int revision, const QString& idsFile);
