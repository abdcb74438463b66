#include "sampling/philox.h"

#include <QtTest>

using namespace rocmforge;

using Counter = std::array<uint32_t, 4>;
using Key = std::array<uint32_t, 2>;

class PhiloxTest : public QObject {
    Q_OBJECT

private slots:
    void publishedVectorsAreReproduced_data();
    void publishedVectorsAreReproduced();
    void uniformNumbersFillTheUnitInterval();
    void highBitsOfSeedAndCounterCount();
};

/// From kat_vectors of Random123, the authors' implementation.
void PhiloxTest::publishedVectorsAreReproduced_data()
{
    QTest::addColumn<Counter>("counter");
    QTest::addColumn<Key>("key");
    QTest::addColumn<Counter>("random");
    QTest::newRow("zeros") << Counter{} << Key{} << Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    QTest::newRow("ones") << Counter{~0u, ~0u, ~0u, ~0u} << Key{~0u, ~0u}
                          << Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd};
    QTest::newRow("pi") << Counter{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}
                        << Key{0xa4093822, 0x299f31d0}
                        << Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1};
}

void PhiloxTest::publishedVectorsAreReproduced()
{
    QFETCH(const Counter, counter);
    QFETCH(const Key, key);
    QTEST(philox4x32(counter, key), "random");
}

void PhiloxTest::uniformNumbersFillTheUnitInterval()
{
    constexpr int n = 100'000, n_bins = 100;
    constexpr double expected = double(n) / n_bins;
    std::array<int, n_bins> bins{};
    for (uint64_t i = 0; i < n; ++i) {
        const double u = philox_uniform(42, i);
        QVERIFY(u >= 0 && u < 1);
        ++bins[static_cast<size_t>(u * n_bins)];
    }
    double chi_square = 0;
    for (const int count : bins)
        chi_square += (count - expected) * (count - expected) / expected;
    QVERIFY2(chi_square < 148.2, qPrintable(QString::number(chi_square))); // p = 0.001 at 99 degrees
    QVERIFY(chi_square > 60.0);
}

void PhiloxTest::highBitsOfSeedAndCounterCount()
{
    const double u = philox_uniform(1, 1);
    QVERIFY(philox_uniform(1 + (1ull << 40), 1) != u);
    QVERIFY(philox_uniform(1, 1 + (1ull << 40)) != u);
    QCOMPARE(philox_uniform(1, 1), u);
}

QTEST_APPLESS_MAIN(PhiloxTest)
#include "philox_test.moc"
