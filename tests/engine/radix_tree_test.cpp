#include "kv/radix_tree.h"

#include "backend/batch.h"

#include <QtTest>

#include <numeric>

using namespace rocmforge;

namespace {

using Tokens = std::vector<int32_t>;

/// n tokens first, first + 1, …
Tokens run(int32_t first, int n = page_tokens)
{
    Tokens tokens(static_cast<size_t>(n));
    std::iota(tokens.begin(), tokens.end(), first);
    return tokens;
}

} // namespace

class RadixTreeTest : public QObject {
    Q_OBJECT

private:
    static constexpr int n_pages = 8;
    PagePool pool_{n_pages};
    std::optional<RadixTree> tree_;

    /// Inserts a page that no sequence holds afterwards.
    RadixNode* put(RadixNode* parent, const Tokens& tokens)
    {
        const int32_t page = pool_.allocate().value();
        RadixNode* node = tree_->insert(parent, tokens, page);
        pool_.release(page);
        return node;
    }

    bool evict()
    {
        RadixNode* leaf = tree_->least_recent_leaf();
        if (leaf)
            tree_->erase(leaf);
        return leaf != nullptr;
    }

private slots:
    void init();
    void matchCountsAgreeingTokens_data();
    void matchCountsAgreeingTokens();
    void matchGoesByParent();
    void insertedTwiceKeepsTheFirstPage();
    void longerPageReplacesItsOwnBeginning();
    void beginningOfAPageIsNotAdded();
    void evictsLeastRecentlyUsedLeaf();
    void touchProtectsTheWholePath();
    void pagesInUseAreNotEvicted();
    void pagesBeforeOnesInUseAreNotEvicted();
    void insertingAgainCountsAsUse();
    void parentsAreEvictedAfterTheirChildren();
};

void RadixTreeTest::init()
{
    tree_.reset();
    pool_ = PagePool(n_pages);
    tree_.emplace(pool_);
}

void RadixTreeTest::matchCountsAgreeingTokens_data()
{
    QTest::addColumn<Tokens>("wanted");
    QTest::addColumn<int>("agreeing");
    QTest::addColumn<int>("firstTokenOfNode");
    Tokens differsInside = run(100);
    differsInside[7] = -5;
    Tokens differsAbove = run(100);
    differsAbove[7] = 5000;
    Tokens longer = run(100, 2 * page_tokens);
    QTest::newRow("whole page") << run(100) << page_tokens << 100;
    QTest::newRow("whole page and more") << longer << page_tokens << 100;
    QTest::newRow("shorter than a page") << run(100, 3) << 3 << 100;
    QTest::newRow("differs downwards inside") << differsInside << 7 << 100;
    QTest::newRow("differs upwards inside") << differsAbove << 7 << 100;
    QTest::newRow("part of a page") << run(300) << 4 << 300;
    QTest::newRow("unknown") << run(50) << 0 << -1;
    QTest::newRow("beyond all") << run(9000) << 0 << -1;
    QTest::newRow("empty") << Tokens() << 0 << -1;
}

void RadixTreeTest::matchCountsAgreeingTokens()
{
    put(tree_->root(), run(100));
    put(tree_->root(), run(200));
    put(tree_->root(), run(300, 4));
    QFETCH(const Tokens, wanted);
    const RadixTree::Match found = RadixTree::match(*tree_->root(), wanted);
    QTEST(found.n_tokens, "agreeing");
    QTEST(found.node ? found.node->tokens.front() : -1, "firstTokenOfNode");
}

void RadixTreeTest::matchGoesByParent()
{
    RadixNode* a = put(tree_->root(), run(100));
    RadixNode* b = put(a, run(200));
    QCOMPARE(RadixTree::match(*a, run(200)).node, b);
    QCOMPARE(RadixTree::match(*tree_->root(), run(200)).n_tokens, 0);
}

void RadixTreeTest::insertedTwiceKeepsTheFirstPage()
{
    RadixNode* first = put(tree_->root(), run(100));
    const int32_t page = first->page;
    QCOMPARE(put(tree_->root(), run(100)), first);
    QCOMPARE(first->page, page);
    QCOMPARE(tree_->size(), 1);
    QCOMPARE(pool_.n_free(), n_pages - 1);
}

void RadixTreeTest::longerPageReplacesItsOwnBeginning()
{
    put(tree_->root(), run(100, 5));
    put(tree_->root(), run(100, 9));
    put(tree_->root(), run(100));
    QCOMPARE(tree_->size(), 1);
    QCOMPARE(pool_.n_free(), n_pages - 1);
    QCOMPARE(RadixTree::match(*tree_->root(), run(100)).n_tokens, page_tokens);
}

void RadixTreeTest::beginningOfAPageIsNotAdded()
{
    RadixNode* whole = put(tree_->root(), run(100));
    QCOMPARE(put(tree_->root(), run(100, 9)), whole);
    QCOMPARE(tree_->size(), 1);
    QCOMPARE(pool_.n_free(), n_pages - 1);
}

void RadixTreeTest::evictsLeastRecentlyUsedLeaf()
{
    RadixNode* a = put(tree_->root(), run(100));
    put(tree_->root(), run(200));
    put(tree_->root(), run(300));
    tree_->touch(a);
    QVERIFY(evict());
    QCOMPARE(RadixTree::match(*tree_->root(), run(200)).n_tokens, 0);
    QVERIFY(evict());
    QCOMPARE(RadixTree::match(*tree_->root(), run(300)).n_tokens, 0);
    QCOMPARE(RadixTree::match(*tree_->root(), run(100)).n_tokens, page_tokens);
    QVERIFY(evict());
    QVERIFY(!evict());
    QCOMPARE(pool_.n_free(), n_pages);
}

void RadixTreeTest::touchProtectsTheWholePath()
{
    RadixNode* a = put(tree_->root(), run(100));
    RadixNode* b = put(a, run(200));
    put(tree_->root(), run(300));
    tree_->touch(b);
    QVERIFY(evict());
    QCOMPARE(RadixTree::match(*tree_->root(), run(300)).n_tokens, 0);
    QCOMPARE(RadixTree::match(*a, run(200)).node, b);
}

void RadixTreeTest::pagesInUseAreNotEvicted()
{
    RadixNode* a = put(tree_->root(), run(100));
    put(tree_->root(), run(200));
    pool_.retain(a->page);
    QVERIFY(evict());
    QVERIFY(!evict());
    QCOMPARE(RadixTree::match(*tree_->root(), run(100)).node, a);
    pool_.release(a->page);
    QVERIFY(evict());
}

void RadixTreeTest::pagesBeforeOnesInUseAreNotEvicted()
{
    RadixNode* a = put(tree_->root(), run(100));
    RadixNode* b = put(a, run(200));
    pool_.retain(b->page);
    QVERIFY(!evict());
    pool_.release(b->page);
    QVERIFY(evict());
    QVERIFY(evict());
}

void RadixTreeTest::insertingAgainCountsAsUse()
{
    put(tree_->root(), run(100));
    put(tree_->root(), run(200));
    put(tree_->root(), run(100));
    QVERIFY(evict());
    QCOMPARE(RadixTree::match(*tree_->root(), run(200)).n_tokens, 0);
}

void RadixTreeTest::parentsAreEvictedAfterTheirChildren()
{
    RadixNode* node = tree_->root();
    for (int i = 0; i < n_pages; ++i)
        node = put(node, run(1000 * i));
    for (int left = n_pages - 1; left >= 0; --left) {
        QVERIFY(evict());
        int depth = 0;
        for (node = tree_->root(); !node->children.empty(); node = *node->children.begin())
            ++depth;
        QCOMPARE(depth, left);
    }
}

QTEST_APPLESS_MAIN(RadixTreeTest)
#include "radix_tree_test.moc"
