// Numbers in words for a person.
#pragma once

#include <QtCore/QString>

/// "4.9 GB": decimal units, two digits.
[[nodiscard]] QString bytesText(double bytes);
/// "8 192": digits in groups.
[[nodiscard]] QString countText(qint64 count);
/// "1.2 B", "8.9 M": parameters of a model.
[[nodiscard]] QString parametersText(qint64 count);
/// "3 s", "2 min".
[[nodiscard]] QString durationText(double seconds);
