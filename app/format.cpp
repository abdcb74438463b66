#include "format.h"

#include <QtCore/QCoreApplication>

#include <array>
#include <cmath>

namespace {

constexpr QChar narrowSpace(0x202f);

/// Two digits that count: 9.6, but 96 and 960.
QString twoDigits(double value)
{
    return QString::number(value, 'f', value < 9.95 ? 1 : 0);
}

} // namespace

QString bytesText(double bytes)
{
    constexpr std::array units = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    for (; bytes >= 999.5 && unit + 1 < units.size(); ++unit)
        bytes /= 1000;
    const QString number = unit == 0 ? QString::number(std::round(bytes)) : twoDigits(bytes);
    return number + QLatin1Char(' ') + QLatin1String(units.at(unit));
}

QString countText(qint64 count)
{
    QString text = QString::number(count);
    for (qsizetype i = text.size() - 3; i > 0; i -= 3)
        text.insert(i, narrowSpace);
    return text;
}

QString parametersText(qint64 count)
{
    if (count >= 999'500'000)
        return twoDigits(double(count) / 1e9) + QLatin1String(" B");
    return twoDigits(double(count) / 1e6) + QLatin1String(" M");
}

QString durationText(double seconds)
{
    if (seconds < 90)
        return QCoreApplication::translate("Format", "%1 s").arg(std::lround(std::ceil(seconds)));
    return QCoreApplication::translate("Format", "%1 min").arg(std::lround(seconds / 60));
}
