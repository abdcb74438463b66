#include "attention_layer.h"
#include "cpu_testing.h"

#include <numeric>

using namespace rocmforge;
using namespace rocmforge::test;

class CpuAttentionTest : public QObject {
    Q_OBJECT

private slots:
    void attentionEqualsReference_data() { addRows(); }
    void attentionEqualsReference()
    {
        QFETCH(std::string, simd);
        QFETCH(size_t, index);
        const AttentionCase c = attentionCases()[index];
        BackendPair pair(simd);
        AttentionLayer expected(c), tested(c);
        const std::vector<float> wanted = expected.run(pair.reference, HostMemory());
        const std::vector<float> got = tested.run(*pair.tested, HostMemory());
        const double error = nmse(got, wanted);
        QVERIFY2(error <= cacheTolerance(c.type, 1e-12), qPrintable(QString::number(error)));
        QVERIFY(pair.tested->synchronize().has_value());
    }

    void rotationEqualsReference_data() { addRows(); }
    void rotationEqualsReference()
    {
        QFETCH(std::string, simd);
        QFETCH(size_t, index);
        const AttentionCase c = attentionCases()[index];
        BackendPair pair(simd);
        AttentionLayer expected(c), tested(c);
        expected.run(pair.reference, HostMemory());
        tested.run(*pair.tested, HostMemory());
        QVERIFY(nmse(tested.q, expected.q) <= 1e-12);
        QVERIFY(nmse(tested.k, expected.k) <= 1e-12);
    }

    void copiedPageHasBothHalves()
    {
        BackendPair pair("");
        std::vector<uint16_t> k(3 * 2 * page_tokens * 8), v(3 * 2 * page_tokens * 4);
        std::iota(k.begin(), k.end(), uint16_t{0});
        std::iota(v.begin(), v.end(), uint16_t{7});
        const KvLayer kv{k.data(), v.data(), KvType::f16, 2, 8, 4};
        pair.tested->copy_page(kv, 2, 0);
        constexpr int kPage = 2 * page_tokens * 8, vPage = 2 * page_tokens * 4;
        QVERIFY(std::equal(k.begin(), k.begin() + kPage, k.begin() + 2 * kPage));
        QVERIFY(std::equal(v.begin(), v.begin() + vPage, v.begin() + 2 * vPage));
        QCOMPARE(int(k[kPage]), kPage); // the page between is as it was
    }

private:
    static void addRows()
    {
        QTest::addColumn<std::string>("simd");
        QTest::addColumn<size_t>("index");
        for (const std::string& simd : simdLevels())
            for (size_t i = 0; i < attentionCases().size(); ++i)
                QTest::addRow("%s %s", simd.c_str(), attentionCases()[i].name.c_str()) << simd << i;
    }
};

QTEST_GUILESS_MAIN(CpuAttentionTest)
#include "cpu_attention_test.moc"
