// The prefix cache of models with recurrent states. A state is modelled by the tokens it took in.
#include "backend/batch.h"
#include "kv/prefix_cache.h"

#include <QtTest>

#include <numeric>

using namespace rocmforge;

namespace {

using Tokens = std::vector<int32_t>;
using Worth = Checkpoints::Worth;

Tokens run(int32_t first, int n)
{
    Tokens tokens(static_cast<size_t>(n));
    std::iota(tokens.begin(), tokens.end(), first);
    return tokens;
}

Tokens joined(Tokens a, const Tokens& b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

} // namespace

class PrefixStatesTest : public QObject {
    Q_OBJECT

private:
    std::vector<Tokens> states_;
    std::optional<PrefixCache> cache_;
    int n_copies_ = 0; ///< of states

    void create(int n_pages, int n_slots)
    {
        states_.assign(size_t(n_slots), {-1});
        n_copies_ = 0;
        cache_.emplace(
            n_pages, [](int32_t, int32_t) {}, n_slots,
            [this](int32_t to, int32_t from) {
                states_[size_t(to)] = states_[size_t(from)];
                ++n_copies_;
            });
    }
    /// Takes the tokens up to `end` into the state; false where there is no room.
    bool compute(PageTable& table, const Tokens& tokens, int end)
    {
        if (cache_->reserve(table, end) < end)
            return false;
        Tokens& state = states_[size_t(table.slot)];
        if (table.n_tokens == 0)
            state.clear();
        state.insert(state.end(), tokens.begin() + table.n_tokens, tokens.begin() + end);
        cache_->commit(table, std::span(tokens).first(size_t(end)));
        return true;
    }
    /// A request that comes, keeps a checkpoint at each of the given lengths, and goes. Returns the
    /// tokens reused, or -1 where its state is not that of its tokens.
    int visit(const Tokens& tokens, std::initializer_list<int> checkpoints = {}, Worth worth = Worth::likely)
    {
        PageTable table;
        const int reused = cache_->reuse(table, tokens);
        for (const int n : checkpoints)
            if (n > reused && compute(table, tokens, n))
                cache_->checkpoint(table, worth);
        const bool right =
            compute(table, tokens, int(tokens.size())) && states_[size_t(table.slot)] == tokens;
        cache_->release(table, tokens);
        return right ? reused : -1;
    }

private slots:
    void init() { create(40, 6); }

    void conversationGoesOnWhereItEnded()
    {
        const Tokens first = run(0, 75);
        QCOMPARE(visit(first), 0);
        QCOMPARE(visit(joined(first, run(500, 60))), 75);
        QCOMPARE(visit(joined(first, run(700, 20))), 75); // the second did not displace it
    }

    void conversationGoesOnAtAPageBorder()
    {
        QCOMPARE(visit(run(0, 64)), 0);
        QCOMPARE(visit(run(0, 65)), 64);
    }

    void pagesWithoutAStateAfterThemAreNotReused()
    {
        QCOMPARE(visit(run(0, 100)), 0);
        QCOMPARE(visit(joined(run(0, 90), run(500, 10))), 0);
        QCOMPARE(visit(run(0, 100)), 0); // its last token is wanted, and its state is after that
    }

    void editsBeginAtTheCheckpointBefore_data()
    {
        QTest::addColumn<int>("edited");
        QTest::addColumn<int>("reused");
        QTest::newRow("in the first page") << 20 << 0;
        QTest::newRow("after the first checkpoint") << 40 << 32;
        QTest::newRow("right after the second checkpoint") << 96 << 96;
        QTest::newRow("in the last page") << 110 << 96;
        QTest::newRow("nowhere") << 120 << 96;
    }
    void editsBeginAtTheCheckpointBefore()
    {
        QFETCH(int, edited);
        QFETCH(int, reused);
        visit(run(0, 120), {32, 96});
        Tokens tokens = run(0, 120);
        if (edited < 120)
            tokens[size_t(edited)] = -7;
        QCOMPARE(visit(tokens), reused);
    }

    void sequenceUnderWayTakesOverADeeperState()
    {
        PageTable table;
        const Tokens tokens = run(0, 200);
        QVERIFY(compute(table, tokens, 32));
        visit(tokens, {160});
        QCOMPARE(cache_->reuse(table, tokens), 128);
        QCOMPARE(table.n_tokens, 160);
        QCOMPARE(states_[size_t(table.slot)], run(0, 160));
        QVERIFY(compute(table, tokens, 200));
        QCOMPARE(states_[size_t(table.slot)], tokens);
        cache_->release(table, tokens);
    }

    void endingASequenceCopiesNothing()
    {
        visit(run(0, 75));
        QCOMPARE(n_copies_, 0);
    }

    void leastRecentlyUsedCheckpointGoesFirst()
    {
        create(40, 3);
        visit(run(0, 40));
        visit(run(1000, 40));
        QCOMPARE(visit(run(0, 41)), 40); // used; its own end displaces nothing yet
        QCOMPARE(visit(run(2000, 40)), 0); // displaces 1000 …
        QCOMPARE(visit(run(0, 42)), 41);
        QCOMPARE(visit(run(1000, 41)), 0);
    }

    void spareCheckpointsGoBeforeLikelyOnes()
    {
        create(60, 4);
        visit(run(0, 40));
        visit(run(1000, 600), {64, 128, 192, 256, 320}, Worth::spare);
        QCOMPARE(visit(run(0, 41)), 40);
    }

    void runningSequencesHaveTheirSlots()
    {
        create(40, 2);
        PageTable a, b, c;
        QVERIFY(compute(a, run(0, 40), 40));
        QVERIFY(compute(b, run(1000, 40), 32));
        cache_->checkpoint(b, Worth::likely); // there is no slot for it
        QVERIFY(!compute(c, run(2000, 40), 40));
        QCOMPARE(states_[size_t(a.slot)], run(0, 40));
        QCOMPARE(states_[size_t(b.slot)], run(1000, 32));
        cache_->release(a, run(0, 40));
        QVERIFY(compute(c, run(2000, 40), 40)); // by the checkpoint that a left
        cache_->discard(b);
        cache_->discard(c);
        QCOMPARE(cache_->checkpoints().n_free(), 2);
    }

    void evictedPagesTakeTheirCheckpointsAlong()
    {
        create(4, 6);
        visit(run(0, 64), {32});
        visit(run(1000, 128), {32, 64, 96});
        QCOMPARE(visit(run(0, 64)), 0);
        QCOMPARE(cache_->checkpoints().n_free() + cache_->checkpoints().size(), 6);
    }

    void stateOfAPageThatCannotBeCopiedIsNotTaken()
    {
        create(2, 4);
        visit(run(0, 40));
        PageTable holder, table;
        const Tokens tokens = run(0, 60);
        cache_->reuse(holder, run(0, 33)); // nothing: there is no state after the first page
        QCOMPARE(cache_->reuse(table, tokens), 0); // both pages are needed, and a copy of the second
        QVERIFY(compute(table, tokens, 60));
        QCOMPARE(states_[size_t(table.slot)], tokens);
        cache_->discard(table);
        cache_->discard(holder);
        QCOMPARE(cache_->pool().n_used(), 0);
    }

    void modelsWithoutStatesHaveNoSlots()
    {
        create(4, 0);
        PageTable table;
        QVERIFY(!cache_->has_states());
        QCOMPARE(cache_->reserve(table, 10), page_tokens);
        QCOMPARE(table.slot, -1);
        cache_->discard(table);
    }
};

QTEST_APPLESS_MAIN(PrefixStatesTest)
#include "prefix_states_test.moc"
