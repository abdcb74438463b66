#include "backend/cpu/thread_pool.h"

#include <QtTest>

#include <ctime>
#include <numeric>
#include <vector>

using rocmforge::cpu::ThreadPool;

namespace {

double processSeconds()
{
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

} // namespace

class CpuThreadPoolTest : public QObject {
    Q_OBJECT

private slots:
    void everyItemIsDoneOnce_data()
    {
        QTest::addColumn<int>("nThreads");
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("chunk");
        for (const int nThreads : {1, 2, 5})
            for (const int count : {0, 1, 7, 1000})
                for (const int chunk : {1, 3, 2000})
                    QTest::addRow("%d threads, %d by %d", nThreads, count, chunk)
                        << nThreads << count << chunk;
    }
    void everyItemIsDoneOnce()
    {
        QFETCH(int, nThreads);
        QFETCH(int, count);
        QFETCH(int, chunk);
        ThreadPool pool(nThreads);
        std::vector<int> done(static_cast<size_t>(count));
        pool.parallel_for(count, chunk, [&](int64_t begin, int64_t end, int) {
            for (int64_t i = begin; i < end; ++i)
                ++done[static_cast<size_t>(i)];
        });
        QCOMPARE(done, std::vector<int>(static_cast<size_t>(count), 1));
    }

    void chunksAreAtMostAsLargeAsAskedFor()
    {
        ThreadPool pool(3);
        std::atomic<int64_t> largest = 0;
        pool.parallel_for(100, 7, [&](int64_t begin, int64_t end, int) {
            int64_t seen = largest;
            while (seen < end - begin && !largest.compare_exchange_weak(seen, end - begin)) { }
        });
        QCOMPARE(largest.load(), int64_t{7});
    }

    void threadNumbersAreExclusive()
    {
        ThreadPool pool(4);
        std::vector<std::atomic<int>> inside(4);
        std::atomic<bool> shared = false;
        pool.parallel_for(2000, 1, [&](int64_t, int64_t, int thread) {
            if (inside[static_cast<size_t>(thread)].fetch_add(1) != 0)
                shared = true;
            inside[static_cast<size_t>(thread)].fetch_sub(1);
        });
        QVERIFY(!shared);
    }

    /// Jobs so short that workers meet them half done or over; later jobs read what earlier ones wrote.
    void jobsInQuickSuccessionKeepTheirOrder()
    {
        ThreadPool pool(4);
        std::vector<int64_t> values(64);
        constexpr int64_t rounds = 3000;
        for (int64_t round = 0; round < rounds; ++round)
            pool.parallel_for(64, 1 + round % 9, [&](int64_t begin, int64_t end, int) {
                for (int64_t i = begin; i < end; ++i)
                    values[static_cast<size_t>(i)] += round;
            });
        QCOMPARE(values, std::vector<int64_t>(64, rounds * (rounds - 1) / 2));
    }

    void workersWakeAfterSleep()
    {
        ThreadPool pool(3);
        for (int round = 0; round < 5; ++round) {
            QTest::qSleep(20); // longer than workers spin
            std::atomic<int> sum = 0;
            pool.parallel_for(30, 1, [&](int64_t begin, int64_t, int) { sum += static_cast<int>(begin); });
            QCOMPARE(sum.load(), 435);
        }
    }

    void idleWorkersUseNoProcessorTime()
    {
        ThreadPool pool(4);
        pool.parallel_for(100, 1, [](int64_t, int64_t, int) { });
        QTest::qSleep(20);
        const double before = processSeconds();
        QTest::qSleep(300);
        QVERIFY2(processSeconds() - before < 0.01, "workers spin while there is nothing to do");
    }
};

QTEST_GUILESS_MAIN(CpuThreadPoolTest)
#include "cpu_thread_pool_test.moc"
