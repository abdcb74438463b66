#include "backend/hip/queue.h"
#include "cpu_testing.h"
#include "emulated_gpu.h"

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

constexpr int depth = 48;

/// As in the emulator's tiles.hip.
struct TileParameters {
    float* sums;
    int32_t* places;
    const float* a;
    const float* b;
    int32_t depth;
};

struct TileResult {
    std::vector<float> sums;
    std::vector<int32_t> places;
};

/// Whole numbers: their products are exact in every order.
std::vector<float> smallNumbers(unsigned seed)
{
    std::vector<float> numbers = wholeFloats(16 * depth, seed);
    for (float& number : numbers)
        number = std::trunc(number / 8);
    return numbers;
}

/// Nullopt, with a warning, where the device failed.
std::optional<TileResult> multiply(const QString& target, const QString& kernel, const std::vector<float>& a,
                                   const std::vector<float>& b)
{
    EmulatedGpu gpu(target);
    if (!gpu.start())
        return std::nullopt;
    const auto objects = hip::code_objects(target.toStdString());
    auto queue = hip::Queue::create(gpu.runtime(), gpu.devices()[0], *objects);
    if (!queue)
        return std::nullopt;
    const TileParameters p{gpu.put(std::vector<float>(256, -1.0f)), gpu.put(std::vector<int32_t>(64 * 8, -1)),
                           gpu.put(a), gpu.put(b), depth};
    queue->launch("tile_" + kernel.toStdString(), {}, p, gpu.devices()[0].wave_size);
    if (const Status status = queue->synchronize(); !status) {
        qWarning("%s", status.error().message.c_str());
        return std::nullopt;
    }
    return TileResult{gpu.get(p.sums, 256), gpu.get(p.places, 64 * 8)};
}

} // namespace

/// The matrix tiles of every machine, on the emulator, whose lanes hold what that machine's lanes hold.
class HipTilesTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (qEnvironmentVariableIsSet("ROCMFORGE_HIP_LIBRARY"))
            QSKIP("Other machines have no layout but their own.");
    }

    void tileIsTheProduct_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("kernel");
        QTest::newRow("gfx11") << "gfx1100" << "wmma_gfx11";
        QTest::newRow("gfx12") << "gfx1100" << "wmma_gfx12";
        QTest::newRow("NVIDIA") << "gfx1100" << "mma_m16n8";
        QTest::newRow("MFMA") << "gfx90a" << "mfma";
        for (const char* target : emulatedTargets) {
            QTest::addRow("lanes, halves, %s", target) << target << "lanes_f16";
            QTest::addRow("lanes, floats, %s", target) << target << "lanes_f32";
        }
    }
    void tileIsTheProduct()
    {
        QFETCH(QString, target);
        QFETCH(QString, kernel);
        const std::vector<float> a = smallNumbers(1), b = smallNumbers(2);
        const auto result = multiply(target, kernel, a, b);
        QVERIFY(result);
        for (size_t row = 0; row < 16; ++row)
            for (size_t column = 0; column < 16; ++column) {
                float sum = 0;
                for (size_t k = 0; k < depth; ++k)
                    sum += a[row * depth + k] * b[column * depth + k];
                QCOMPARE(result->sums[row * 16 + column], sum);
            }
    }

    void sumsLieWhereTheManualsSay_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("kernel");
        QTest::addColumn<int>("lane");
        QTest::addColumn<int>("i");
        QTest::addColumn<int>("row");
        QTest::addColumn<int>("column");
        QTest::newRow("gfx11: even rows") << "gfx1100" << "wmma_gfx11" << 5 << 3 << 6 << 5;
        QTest::newRow("gfx11: odd rows") << "gfx1100" << "wmma_gfx11" << 21 << 3 << 7 << 5;
        QTest::newRow("gfx12: upper half") << "gfx1100" << "wmma_gfx12" << 5 << 3 << 3 << 5;
        QTest::newRow("gfx12: lower half") << "gfx1100" << "wmma_gfx12" << 21 << 3 << 11 << 5;
        QTest::newRow("MFMA: first rows") << "gfx90a" << "mfma" << 5 << 3 << 3 << 5;
        QTest::newRow("MFMA: last rows") << "gfx90a" << "mfma" << 53 << 1 << 13 << 5;
        QTest::newRow("NVIDIA: first") << "gfx1100" << "mma_m16n8" << 9 << 1 << 2 << 3;
        QTest::newRow("NVIDIA: eight rows on") << "gfx1100" << "mma_m16n8" << 9 << 2 << 10 << 2;
        QTest::newRow("NVIDIA: eight columns on") << "gfx1100" << "mma_m16n8" << 9 << 4 << 2 << 10;
    }
    void sumsLieWhereTheManualsSay()
    {
        QFETCH(QString, target);
        QFETCH(QString, kernel);
        QFETCH(int, lane);
        QFETCH(int, i);
        QFETCH(int, row);
        QFETCH(int, column);
        const auto result = multiply(target, kernel, smallNumbers(1), smallNumbers(2));
        QVERIFY(result);
        QCOMPARE(result->places[size_t(lane * 8 + i)], row * 16 + column);
    }
};

QTEST_GUILESS_MAIN(HipTilesTest)
#include "hip_tiles_test.moc"
