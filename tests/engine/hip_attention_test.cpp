#include "attention_layer.h"
#include "emulated_gpu.h"

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

/// To the device and back.
struct GpuMemory {
    const EmulatedGpu& gpu;

    template <typename T> T* put(const std::vector<T>& values) const { return gpu.put(values); }
    template <typename T> void get(std::vector<T>& values, const T* from) const
    {
        values = gpu.get(from, values.size());
    }
};

/// Matrix tiles round queries and weights to halves as well, by up to 2^-11.
double tolerance(const AttentionCase& c)
{
    return cacheTolerance(c.type, 1e-11) + (c.type == KvType::f32 ? 0 : 2e-7);
}

} // namespace

/// Rotation, cache and attention on waves of 32 and of 64 lanes.
class HipAttentionTest : public QObject {
    Q_OBJECT

private slots:
    void attentionEqualsReference_data()
    {
        QTest::addColumn<QString>("target");
        QTest::addColumn<size_t>("index");
        for (const char* target : emulatedTargets)
            for (size_t i = 0; i < attentionCases().size(); ++i)
                QTest::addRow("%s %s", target, attentionCases()[i].name.c_str()) << target << i;
    }
    void attentionEqualsReference()
    {
        QFETCH(QString, target);
        QFETCH(size_t, index);
        const AttentionCase c = attentionCases()[index];
        EmulatedGpu gpu(target);
        QVERIFY(gpu.start());
        AttentionLayer expected(c), tested(c);
        CpuReference reference;
        const std::vector<float> wanted = expected.run(reference, HostMemory());
        const std::vector<float> got = tested.run(gpu.backend(), GpuMemory{gpu});
        QCOMPARE(got.size(), wanted.size());
        const double error = nmse(got, wanted);
        QVERIFY2(error <= tolerance(c), qPrintable(QString::number(error)));
        QVERIFY(nmse(tested.q, expected.q) <= 1e-12);
        QVERIFY(nmse(tested.k, expected.k) <= 1e-12);
    }

    void farPositionsRotatePrecisely()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        const std::vector<int32_t> tokens(3), positions{131071, 1048575, 7};
        Batch batch;
        batch.tokens = tokens;
        batch.positions = positions;
        const std::vector<float> frequencies{1.0f, 0.7f, 0.01f, 0.0003f};
        Rope rope{.n_rot = 8, .frequencies = frequencies.data()};
        auto expected = randomFloats(3 * 2 * 8, 1);
        float* q = gpu.put(expected);
        CpuReference().rotate_queries(expected.data(), batch, rope, 2, 8);
        rope.frequencies = gpu.put(frequencies);
        gpu.backend().begin(batch);
        gpu.backend().rotate_queries(q, batch, rope, 2, 8);
        QVERIFY(nmse(gpu.get(q, expected.size()), expected) < 1e-13);
    }

    void copiedPageHasBothHalves()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        constexpr size_t kPage = 2 * page_tokens * 8, vPage = 2 * page_tokens * 4;
        const auto k = randomFloats(3 * kPage, 1), v = randomFloats(3 * vPage, 2);
        const KvLayer kv{gpu.put(k), gpu.put(v), KvType::f32, 2, 8, 4};
        gpu.backend().copy_page(kv, 2, 0);
        const auto newK = gpu.get(static_cast<float*>(kv.k), k.size());
        const auto newV = gpu.get(static_cast<float*>(kv.v), v.size());
        QVERIFY(std::equal(k.begin(), k.begin() + kPage, newK.begin() + 2 * kPage));
        QVERIFY(std::equal(v.begin(), v.begin() + vPage, newV.begin() + 2 * vPage));
        QVERIFY(std::equal(k.begin(), k.begin() + 2 * kPage, newK.begin())); // the others are as they were
    }

    void tooLongHeadsAreRefused()
    {
        EmulatedGpu gpu("gfx1100");
        QVERIFY(gpu.start());
        const std::vector<int32_t> tokens(1), positions(1);
        Batch batch;
        batch.tokens = tokens;
        batch.positions = positions;
        float* q = gpu.put(std::vector<float>(2048));
        gpu.backend().begin(batch);
        gpu.backend().rotate_queries(q, batch, Rope{}, 1, 2048);
        const Status status = gpu.backend().synchronize();
        QVERIFY(!status);
        QVERIFY(status.error().kind == ErrorKind::unsupported);
        QVERIFY(gpu.backend().synchronize()); // and the backend goes on
    }
};

QTEST_GUILESS_MAIN(HipAttentionTest)
#include "hip_attention_test.moc"
