#include "kv/page_pool.h"

#include <QtTest>

#include <set>

using rocmforge::PagePool;

class PagePoolTest : public QObject {
    Q_OBJECT

private slots:
    void allocatesEveryPageOnce();
    void lastReleaseFreesAPage();
    void cachedPageIsNotFreedByItsLastUser();
    void uncachedPageStaysWithItsUsers();
};

void PagePoolTest::allocatesEveryPageOnce()
{
    PagePool pool(5);
    std::set<int32_t> pages;
    for (int i = 0; i < 5; ++i)
        pages.insert(pool.allocate().value());
    QCOMPARE(pages, (std::set<int32_t>{0, 1, 2, 3, 4}));
    QVERIFY(!pool.allocate());
    QCOMPARE(pool.n_available(), 0);
}

void PagePoolTest::lastReleaseFreesAPage()
{
    PagePool pool(1);
    const int32_t page = pool.allocate().value();
    pool.retain(page);
    pool.release(page);
    QCOMPARE(pool.users(page), 1);
    QCOMPARE(pool.n_free(), 0);
    pool.release(page);
    QCOMPARE(pool.n_free(), 1);
    QCOMPARE(pool.n_used(), 0);
    QCOMPARE(pool.allocate().value(), page);
}

void PagePoolTest::cachedPageIsNotFreedByItsLastUser()
{
    PagePool pool(1);
    const int32_t page = pool.allocate().value();
    pool.cache(page);
    pool.release(page);
    QCOMPARE(pool.n_free(), 0);
    QCOMPARE(pool.n_available(), 1);
    QVERIFY(!pool.allocate());
    pool.uncache(page);
    QCOMPARE(pool.n_free(), 1);
}

void PagePoolTest::uncachedPageStaysWithItsUsers()
{
    PagePool pool(1);
    const int32_t page = pool.allocate().value();
    pool.cache(page);
    pool.uncache(page);
    QCOMPARE(pool.n_free(), 0);
    QCOMPARE(pool.n_available(), 0);
    pool.release(page);
    QCOMPARE(pool.n_free(), 1);
}

QTEST_APPLESS_MAIN(PagePoolTest)
#include "page_pool_test.moc"
