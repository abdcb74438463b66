#include "inspect/memory_plan.h"
#include "kv/recurrent_cache.h"

#include <QtTest>

using namespace rocmforge;

namespace {

/// Two layers whose keys and values take 2 · (64 + 32) numbers per token each.
Config smallConfig(int n_ctx_train)
{
    Config config;
    config.n_layers = 2;
    config.n_embd = 128;
    config.n_ctx_train = n_ctx_train;
    config.vocab_size = 1000;
    config.layers.assign(2,
                         {.n_heads = 4,
                          .n_kv_heads = 2,
                          .head_dim = 64,
                          .v_head_dim = 32,
                          .n_ff = 256,
                          .window = 0,
                          .rope = {}});
    return config;
}

} // namespace

class MemoryPlanTest : public QObject {
    Q_OBJECT

private slots:
    void recurrentStatesTakeTheSameForEveryContext()
    {
        Config config = smallConfig(4096);
        config.recurrent.kind = RecurrentKind::multi_head_scan;
        config.recurrent.kernel = 4;
        config.recurrent.conv_width = 300;
        config.recurrent.inner = 256;
        config.recurrent.n_state = 16;
        config.recurrent.n_heads = 4;
        config.layers[0].recurrent = true;
        config.layers[0].n_kv_heads = 0;
        const auto plans = plan_memory(config, 0);
        constexpr int64_t slot_bytes = (3 * 300 + 256 * 16) * 4;
        QCOMPARE(plans[0].states, RecurrentCache::fewest_slots * slot_bytes);
        QCOMPARE(plans[1].states, plans[0].states);
        QCOMPARE(plans[0].kv_cache, 2048 * (2 * 64 + 2 * 32) * 2); // of the other layer alone
        QCOMPARE(plans[0].total(), plans[0].kv_cache + plans[0].states + plans[0].scratch);
    }

    void contextsDoubleUpToTheTrainedOne_data()
    {
        QTest::addColumn<int>("n_ctx_train");
        QTest::addColumn<QList<int>>("expected");
        QTest::newRow("short") << 512 << QList<int>{512};
        QTest::newRow("shortest step") << 2048 << QList<int>{2048};
        QTest::newRow("power of two") << 8192 << QList<int>{2048, 4096, 8192};
        QTest::newRow("odd") << 5000 << QList<int>{2048, 4096, 5000};
        QTest::newRow("largest int") << INT_MAX << QList<int>{};
    }
    void contextsDoubleUpToTheTrainedOne()
    {
        QFETCH(int, n_ctx_train);
        QFETCH(QList<int>, expected);
        QList<int> actual;
        for (const MemoryPlan& plan : plan_memory(smallConfig(n_ctx_train), 0))
            actual.append(plan.n_ctx);
        QCOMPARE(actual.last(), n_ctx_train);
        if (!expected.isEmpty())
            QCOMPARE(actual, expected);
    }

    void cacheOfATextReadInOneStepIsKeptInFull()
    {
        Config config = smallConfig(4096);
        config.causal = false;
        const auto plans = plan_memory(config, 0);
        QCOMPARE(plans[0].kv_cache, int64_t(2048 * 2 * (2 * 64 + 2 * 32) * 4));
        QCOMPARE(plans[0].q8_0_kv_cache, plans[0].kv_cache);
    }

    void cacheHoldsHalvesForEveryToken()
    {
        const auto plans = plan_memory(smallConfig(4096), 12345);
        constexpr int64_t bytes_per_token = 2 * (2 * 64 + 2 * 32) * 2;
        QCOMPARE(plans[0].kv_cache, 2048 * bytes_per_token);
        QCOMPARE(plans[1].kv_cache, 4096 * bytes_per_token);
        QCOMPARE(plans[1].q8_0_kv_cache, 4096 * bytes_per_token * 17 / 32);
        QCOMPARE(plans[0].weights, int64_t(12345));
        QVERIFY(plans[0].scratch > 512 * 128 * 4);
        QCOMPARE(plans[0].total(), plans[0].weights + plans[0].kv_cache + plans[0].scratch);
    }
};

QTEST_APPLESS_MAIN(MemoryPlanTest)
#include "memory_plan_test.moc"
