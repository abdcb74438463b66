#include "kv/kv_cache.h"

#include "backend/cpu/cache_slot.h"
#include "backend/cpu/reference.h"

#include <QtTest>

#include <array>
#include <cmath>
#include <cstring>

using namespace rocmforge;

namespace {

constexpr std::array shapes{KvShape{2, 8, 4}, KvShape{}, KvShape{1, 16, 16}};
constexpr int n_pages = 5;

/// Memory that ends after a number of bytes.
class SmallBackend : public CpuReference {
public:
    explicit SmallBackend(int64_t bytes)
        : left_(bytes)
    {
    }

    Result<void*> allocate(int64_t bytes) override
    {
        if (bytes > left_)
            return fail(ErrorKind::out_of_memory, "No memory.");
        left_ -= bytes;
        return CpuReference::allocate(bytes);
    }

private:
    int64_t left_;
};

} // namespace

class KvCacheTest : public QObject {
    Q_OBJECT

private slots:
    void pageBytesCountKeysAndValuesOfAllLayers()
    {
        const int64_t elements = page_tokens * (2 * (8 + 4) + 1 * (16 + 16));
        QCOMPARE(KvCache::page_bytes(shapes, KvType::f16), 2 * elements);
        QCOMPARE(KvCache::page_bytes(shapes, KvType::f32), 4 * elements);
        // Six rows of one block, of 32 codes and a scale of two bytes.
        QCOMPARE(KvCache::page_bytes(shapes, KvType::q8_0), int64_t(page_tokens * 6 * 34));
    }

    void rowsComeBackRounded_data()
    {
        QTest::addColumn<KvType>("type");
        QTest::addColumn<int>("dim");
        QTest::addColumn<float>("step"); ///< between neighbours, of the largest element of a block
        for (const int dim : {1, 7, 32, 40, 576}) {
            QTest::addRow("F32, %d", dim) << KvType::f32 << dim << 0.0f;
            QTest::addRow("F16, %d", dim) << KvType::f16 << dim << 1.0f / 1024;
            QTest::addRow("Q8_0, %d", dim) << KvType::q8_0 << dim << 1.0f / 127;
        }
    }
    void rowsComeBackRounded()
    {
        QFETCH(KvType, type);
        QFETCH(int, dim);
        QFETCH(float, step);
        const KvRows rows{type, dim};
        std::vector<std::byte> page(static_cast<size_t>(rows.bytes()));
        for (int token = 0; token < page_tokens; ++token)
            CacheSlot{rows, page.data(), token}.store(tokenRow(token, dim).data());
        for (int token = 0; token < page_tokens; ++token) {
            const auto stored = tokenRow(token, dim), loaded = CacheSlot{rows, page.data(), token}.load();
            for (int i = 0; i < dim; ++i)
                QVERIFY(std::abs(loaded[size_t(i)] - stored[size_t(i)])
                        <= 0.501f * step * largestOf(token, i));
        }
    }

    void layersHaveTheirShapesAndMemory()
    {
        CpuReference backend;
        const auto cache = KvCache::create(backend, shapes, n_pages, KvType::f16);
        QVERIFY(cache);
        QCOMPARE(cache->n_layers(), 3);
        QCOMPARE(cache->n_pages(), n_pages);
        QCOMPARE(cache->layer(0).v_head_dim, 4);
        QVERIFY(cache->layer(0).k && cache->layer(0).v);
        QVERIFY(!cache->layer(1).k && !cache->layer(1).v);
    }

    void copyingAPageCopiesItInEveryLayerAndLeavesTheOthers_data()
    {
        QTest::addColumn<KvType>("type");
        for (const KvType type : {KvType::f32, KvType::f16, KvType::q8_0})
            QTest::newRow(kv_type_name(type)) << type;
    }
    void copyingAPageCopiesItInEveryLayerAndLeavesTheOthers()
    {
        QFETCH(KvType, type);
        CpuReference backend;
        const auto cache = KvCache::create(backend, shapes, n_pages, type);
        QVERIFY(cache);
        for (const int layer : {0, 2})
            fillPage(cache->layer(layer), 3, 0x5a);
        cache->copy_page(1, 3);
        for (const int layer : {0, 2}) {
            QVERIFY(pageHolds(cache->layer(layer), 1, 0x5a));
            QVERIFY(pageHolds(cache->layer(layer), 0, 0));
            QVERIFY(pageHolds(cache->layer(layer), 2, 0));
        }
    }

    void tooLittleMemoryIsAnError()
    {
        SmallBackend backend(KvCache::page_bytes(shapes, KvType::f32) * n_pages - 1);
        const auto cache = KvCache::create(backend, shapes, n_pages, KvType::f32);
        QVERIFY(!cache);
        QCOMPARE(cache.error().kind, ErrorKind::out_of_memory);
        QVERIFY(!cache.error().remedy.empty());
    }

private:
    /// No element of a block of 32, or of a token, is larger than this; the first of a block is as large.
    static float largestOf(int token, int i)
    {
        return static_cast<float>((1 + token) * (1 + i / 32)) * 0.37f;
    }

    static std::vector<float> tokenRow(int token, int dim)
    {
        std::vector<float> row(static_cast<size_t>(dim));
        for (int i = 0; i < dim; ++i)
            row[static_cast<size_t>(i)] = largestOf(token, i) * std::cos(static_cast<float>(i % 32));
        return row;
    }

    static std::span<std::byte> bytes(void* base, int64_t pageBytes, int page)
    {
        return {static_cast<std::byte*>(base) + page * pageBytes, static_cast<size_t>(pageBytes)};
    }

    static void fillPage(const KvLayer& layer, int page, int value)
    {
        for (const auto& part :
             {bytes(layer.k, layer.k_page_bytes(), page), bytes(layer.v, layer.v_page_bytes(), page)})
            std::memset(part.data(), value, part.size());
    }

    static bool pageHolds(const KvLayer& layer, int page, int value)
    {
        const auto holds = [&](std::byte element) { return element == std::byte(value); };
        return std::ranges::all_of(bytes(layer.k, layer.k_page_bytes(), page), holds)
            && std::ranges::all_of(bytes(layer.v, layer.v_page_bytes(), page), holds);
    }
};

QTEST_APPLESS_MAIN(KvCacheTest)
#include "kv_cache_test.moc"
