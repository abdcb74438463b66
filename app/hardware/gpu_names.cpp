#include "hardware/gpu_names.h"

#include <QtCore/QFile>

#include <algorithm>
#include <array>

namespace {

constexpr int any = -1; ///< revision

struct Name {
    int device;
    int revision;
    const char* name;
};

constexpr std::array names = {
    // Vega, CDNA
    Name{0x66a1, 0x02, "AMD Instinct MI60 / MI50"},
    Name{0x66a1, 0x06, "AMD Radeon Pro VII"},
    Name{0x66af, 0xc1, "AMD Radeon VII"},
    Name{0x687f, any, "AMD Radeon RX Vega"},
    Name{0x738c, 0x01, "AMD Instinct MI100"},
    Name{0x7408, 0x00, "AMD Instinct MI250X"},
    Name{0x740c, 0x01, "AMD Instinct MI250X / MI250"},
    Name{0x740f, 0x02, "AMD Instinct MI210"},
    Name{0x74a0, 0x00, "AMD Instinct MI300A"},
    Name{0x74a1, 0x00, "AMD Instinct MI300X"},
    Name{0x74a2, 0x00, "AMD Instinct MI308X"},
    Name{0x74a5, 0x00, "AMD Instinct MI325X"},
    Name{0x75a0, 0x00, "AMD Instinct MI350X"},
    Name{0x75a3, 0x00, "AMD Instinct MI355X"},
    // RDNA
    Name{0x731f, 0xc1, "AMD Radeon RX 5700 XT"},
    Name{0x731f, 0xc4, "AMD Radeon RX 5700"},
    Name{0x731f, 0xca, "AMD Radeon RX 5600 XT"},
    Name{0x7340, 0xc5, "AMD Radeon RX 5500 XT"},
    // RDNA 2
    Name{0x73a3, 0x00, "AMD Radeon Pro W6800"},
    Name{0x73a5, 0xc0, "AMD Radeon RX 6950 XT"},
    Name{0x73af, 0xc0, "AMD Radeon RX 6900 XT"},
    Name{0x73bf, 0xc0, "AMD Radeon RX 6900 XT"},
    Name{0x73bf, 0xc1, "AMD Radeon RX 6800 XT"},
    Name{0x73bf, 0xc3, "AMD Radeon RX 6800"},
    Name{0x73df, 0xc0, "AMD Radeon RX 6750 XT"},
    Name{0x73df, 0xc1, "AMD Radeon RX 6700 XT"},
    Name{0x73df, 0xc5, "AMD Radeon RX 6700 XT"},
    Name{0x73df, 0xdf, "AMD Radeon RX 6700"},
    Name{0x73ef, 0xc1, "AMD Radeon RX 6650 XT"},
    Name{0x73ff, 0xc1, "AMD Radeon RX 6600 XT"},
    Name{0x73ff, 0xc7, "AMD Radeon RX 6600"},
    Name{0x743f, 0xc1, "AMD Radeon RX 6500 XT"},
    Name{0x743f, 0xc7, "AMD Radeon RX 6400"},
    Name{0x163f, 0xae, "AMD Custom GPU 0405"},
    Name{0x1681, any, "AMD Radeon 680M"},
    Name{0x164e, any, "AMD Radeon Graphics"},
    Name{0x13c0, any, "AMD Radeon Graphics"},
    // RDNA 3
    Name{0x7448, 0x00, "AMD Radeon Pro W7900"},
    Name{0x744a, 0x00, "AMD Radeon Pro W7900 Dual Slot"},
    Name{0x744c, 0xc8, "AMD Radeon RX 7900 XTX"},
    Name{0x744c, 0xcc, "AMD Radeon RX 7900 XT"},
    Name{0x744c, 0xce, "AMD Radeon RX 7900 GRE"},
    Name{0x744c, 0xcf, "AMD Radeon RX 7900M"},
    Name{0x745e, 0xcc, "AMD Radeon Pro W7800"},
    Name{0x7470, 0x00, "AMD Radeon Pro W7700"},
    Name{0x747e, 0xc8, "AMD Radeon RX 7800 XT"},
    Name{0x747e, 0xd8, "AMD Radeon RX 7800M"},
    Name{0x747e, 0xff, "AMD Radeon RX 7700 XT"},
    Name{0x7480, 0x00, "AMD Radeon Pro W7600"},
    Name{0x7480, 0xc0, "AMD Radeon RX 7600 XT"},
    Name{0x7480, 0xc1, "AMD Radeon RX 7700S"},
    Name{0x7480, 0xc3, "AMD Radeon RX 7600S"},
    Name{0x7480, 0xc7, "AMD Radeon RX 7600M XT"},
    Name{0x7480, 0xcf, "AMD Radeon RX 7600"},
    Name{0x7483, 0xcf, "AMD Radeon RX 7600M"},
    // RDNA 3.5
    Name{0x150e, 0xc1, "AMD Radeon 890M Graphics"},
    Name{0x150e, 0xc4, "AMD Radeon 880M Graphics"},
    Name{0x1586, 0xc1, "AMD Radeon 8060S Graphics"},
    Name{0x1586, 0xc2, "AMD Radeon 8050S Graphics"},
    Name{0x1586, 0xd1, "AMD Radeon 8060S Graphics"},
    Name{0x1586, 0xd2, "AMD Radeon 8050S Graphics"},
    Name{0x1586, 0xd5, "AMD Radeon 8040S Graphics"},
    // RDNA 4
    Name{0x7550, 0xc0, "AMD Radeon RX 9070 XT"},
    Name{0x7550, 0xc2, "AMD Radeon RX 9070 GRE"},
    Name{0x7550, 0xc3, "AMD Radeon RX 9070"},
    Name{0x7551, 0xc0, "AMD Radeon AI PRO R9700"},
    Name{0x7590, 0xc0, "AMD Radeon RX 9060 XT"},
    Name{0x7590, 0xc7, "AMD Radeon RX 9060"},
};

QString nameInTable(int device, int revision)
{
    const auto* const found = std::ranges::find_if(
        names, [&](const Name& name) { return name.device == device && name.revision == revision; });
    return found == names.end() ? QString() : QString::fromLatin1(found->name);
}

/// Lines are "744C,	C8,	AMD Radeon RX 7900 XTX".
QString nameInFile(int device, int revision, const QString& path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    while (!file.atEnd()) {
        const QList<QByteArray> fields = file.readLine().split(',');
        bool isDevice = false;
        bool isRevision = false;
        if (fields.size() >= 3 && fields[0].trimmed().toInt(&isDevice, 16) == device && isDevice
            && fields[1].trimmed().toInt(&isRevision, 16) == revision && isRevision)
            return QString::fromUtf8(fields[2].trimmed());
    }
    return {};
}

} // namespace

QString gpuName(int device, int revision, const QString& idsFile)
{
    for (const QString& name :
         {nameInTable(device, revision), nameInFile(device, revision, idsFile), nameInTable(device, any)}) {
        if (!name.isEmpty())
            return name;
    }
    return device < 0 ? QStringLiteral("AMD GPU")
                      : QStringLiteral("AMD GPU (0x%1)").arg(device, 4, 16, QChar(u'0'));
}
