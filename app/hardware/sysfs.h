// Reading the small files through which the kernel tells of devices. Any of them may be missing,
// unreadable or hold nonsense, and may vanish at any time with its device.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QString>

#include <cmath>
#include <limits>

/// What a sensor that tells nothing reads.
constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

/// Without the space around it; empty where it cannot be read.
[[nodiscard]] QByteArray readText(const QString& path);

/// A decimal number from 0 to `most`, or NaN: drivers write 65535 or 4294967295 where they do not know.
[[nodiscard]] double readNumber(const QString& path, double most);

/// A hexadecimal number, "0x744c"; -1 where there is none.
[[nodiscard]] int readHexadecimal(const QString& path);
