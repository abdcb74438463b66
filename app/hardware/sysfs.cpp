#include "hardware/sysfs.h"

#include <QtCore/QFile>

QByteArray readText(const QString& path)
{
    // A page is the most that such a file holds.
    constexpr qint64 page = 4096;
    QFile file(path);
    return file.open(QIODevice::ReadOnly | QIODevice::Unbuffered) ? file.read(page).trimmed() : QByteArray();
}

double readNumber(const QString& path, double most)
{
    bool isNumber = false;
    const qulonglong value = readText(path).toULongLong(&isNumber);
    return isNumber && double(value) <= most ? double(value) : notANumber;
}

int readHexadecimal(const QString& path)
{
    bool isNumber = false;
    const int value = readText(path).toInt(&isNumber, 16);
    return isNumber ? value : -1;
}
