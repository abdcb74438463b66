#include "kv/prefix_cache.h"

#include "backend/batch.h"

#include <QtTest>

#include <numeric>

using namespace rocmforge;

namespace {

using Tokens = std::vector<int32_t>;

Tokens run(int32_t first, int n)
{
    Tokens tokens(static_cast<size_t>(n));
    std::iota(tokens.begin(), tokens.end(), first);
    return tokens;
}

} // namespace

/// Pages' content is modelled by the tokens written to them.
class PrefixCacheTest : public QObject {
    Q_OBJECT

private:
    static constexpr int n_pages = 6;
    std::vector<Tokens> content_;
    std::optional<PrefixCache> cache_;

    /// "Computes" what is missing of `tokens`; returns how many were reused.
    int fill(PageTable& table, const Tokens& tokens)
    {
        const int reused = cache_->reuse(table, tokens);
        const int n = static_cast<int>(tokens.size());
        if (cache_->reserve(table, n) < n)
            return -1;
        for (int i = table.n_tokens; i < n; ++i)
            content_[size_t(table.pages[size_t(i) / page_tokens])][size_t(i) % page_tokens] =
                tokens[size_t(i)];
        cache_->commit(table, tokens);
        return reused;
    }
    /// The tokens the table's pages hold.
    Tokens read(const PageTable& table) const
    {
        Tokens tokens;
        for (int i = 0; i < table.n_tokens; ++i)
            tokens.push_back(content_[size_t(table.pages[size_t(i) / page_tokens])][size_t(i) % page_tokens]);
        return tokens;
    }
    /// A sequence that came and went.
    int visit(const Tokens& tokens)
    {
        PageTable table;
        const int reused = fill(table, tokens);
        cache_->release(table, tokens);
        return reused;
    }

private slots:
    void init();
    void reusesTheLongestPrefix_data();
    void reusesTheLongestPrefix();
    void goesOnInACopyOfAPartOfAPage();
    void runningSequencesShareFullPages();
    void equalPagesComputedTwiceBecomeOne();
    void fullCacheEvicts();
    void pagesOfRunningSequencesAreNotEvicted();
    void reuseGivesUpTheCopyWhenNoPageIsFree();
    void discardForgetsTheUnfinishedPage();
};

void PrefixCacheTest::init()
{
    content_.assign(n_pages, Tokens(page_tokens, -1));
    cache_.emplace(n_pages,
                   [this](int32_t to, int32_t from) { content_[size_t(to)] = content_[size_t(from)]; });
}

void PrefixCacheTest::reusesTheLongestPrefix_data()
{
    QTest::addColumn<int>("cached");
    QTest::addColumn<int>("wanted");
    QTest::addColumn<int>("reused");
    QTest::newRow("nothing cached") << 0 << 40 << 0;
    QTest::newRow("within the first page") << 10 << 20 << 10;
    QTest::newRow("the same short prompt leaves one token") << 10 << 10 << 9;
    QTest::newRow("the same page leaves one token") << 32 << 32 << 31;
    QTest::newRow("two pages and a part") << 70 << 100 << 70;
    QTest::newRow("the same two pages leave one token") << 64 << 64 << 63;
    QTest::newRow("shorter than what is cached") << 100 << 50 << 49;
    QTest::newRow("one token") << 100 << 1 << 0;
}

void PrefixCacheTest::reusesTheLongestPrefix()
{
    QFETCH(const int, cached);
    QFETCH(const int, wanted);
    if (cached > 0)
        visit(run(0, cached));
    PageTable table;
    QTEST(fill(table, run(0, wanted)), "reused");
    QCOMPARE(read(table), run(0, wanted));
    QCOMPARE(table.n_tokens, wanted);
    cache_->release(table, run(0, wanted));
    QCOMPARE(cache_->pool().n_used(), 0);
}

void PrefixCacheTest::goesOnInACopyOfAPartOfAPage()
{
    visit(run(0, 40));
    Tokens edited = run(0, 40);
    edited[35] = 999;
    PageTable table, original;
    QCOMPARE(fill(table, edited), 35);
    QCOMPARE(fill(original, run(0, 40)), 39);
    QCOMPARE(read(table), edited);
    QCOMPARE(read(original), run(0, 40));
}

void PrefixCacheTest::runningSequencesShareFullPages()
{
    PageTable a, b;
    fill(a, run(0, 70));
    QCOMPARE(fill(b, run(0, 90)), 64);
    QCOMPARE(b.pages[0], a.pages[0]);
    QCOMPARE(b.pages[1], a.pages[1]);
    QVERIFY(b.pages[2] != a.pages[2]);
    QCOMPARE(cache_->pool().users(a.pages[0]), 2);
}

void PrefixCacheTest::equalPagesComputedTwiceBecomeOne()
{
    PageTable a, b;
    cache_->reserve(a, 40);
    cache_->reserve(b, 40);
    fill(a, run(0, 40));
    cache_->commit(b, run(0, 40));
    QCOMPARE(b.pages[0], a.pages[0]);
    QCOMPARE(cache_->pool().n_used(), 3);
    cache_->discard(a);
    cache_->discard(b);
    QCOMPARE(cache_->pool().n_used(), 0);
    QCOMPARE(cache_->pool().n_free(), n_pages - 1);
}

void PrefixCacheTest::fullCacheEvicts()
{
    for (int i = 0; i < 100; ++i) {
        PageTable table;
        const Tokens tokens = run(1000 * i, 32 + i);
        QCOMPARE(fill(table, tokens), 0);
        QCOMPARE(read(table), tokens);
        cache_->release(table, tokens);
    }
    QCOMPARE(visit(run(99000, 131)), 130);
    QCOMPARE(visit(run(0, 32)), 0);
}

void PrefixCacheTest::pagesOfRunningSequencesAreNotEvicted()
{
    PageTable a, b;
    fill(a, run(0, 100));
    QCOMPARE(fill(b, run(5000, 100)), -1);
    QCOMPARE(b.capacity(), 2 * page_tokens);
    QCOMPARE(read(a), run(0, 100));
    cache_->discard(b);
    QCOMPARE(cache_->n_available(), 2);
}

void PrefixCacheTest::reuseGivesUpTheCopyWhenNoPageIsFree()
{
    visit(run(0, 10));
    PageTable a, b;
    fill(a, run(5000, 5 * page_tokens));
    QCOMPARE(cache_->reuse(b, run(0, 20)), 0);
    QVERIFY(b.pages.empty());
    QCOMPARE(fill(b, run(0, 20)), 0);
    QCOMPARE(read(b), run(0, 20));
}

void PrefixCacheTest::discardForgetsTheUnfinishedPage()
{
    PageTable table;
    fill(table, run(0, 40));
    cache_->discard(table);
    QVERIFY(table.pages.empty());
    QCOMPARE(cache_->reuse(table, run(0, 40)), 32);
}

QTEST_APPLESS_MAIN(PrefixCacheTest)
#include "prefix_cache_test.moc"
