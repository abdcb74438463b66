#include "scheduler/mailbox.h"

#include <QtTest>

#include <thread>

#include <ctime>

using namespace rocmforge;
using namespace std::chrono_literals;

class MailboxTest : public QObject {
    Q_OBJECT

private:
    using Clock = std::chrono::steady_clock;

    /// How long wait() took while `other` ran on another thread.
    static Clock::duration timeToWait(Mailbox& mailbox, const std::function<void()>& other)
    {
        const Clock::time_point begin = Clock::now();
        std::thread thread(other);
        mailbox.wait(20s);
        thread.join();
        return Clock::now() - begin;
    }

private slots:
    void mailIsTakenOnceAndInOrder();
    void waitEndsAfterItsTime();
    void submitCancelAndWakeEndTheWait();
    void wakeBeforeWaitIsNotLost();
    void waitingTakesNoProcessorTime();
    void idsOfManyThreadsAreDistinct();
};

void MailboxTest::mailIsTakenOnceAndInOrder()
{
    Mailbox mailbox;
    QVERIFY(mailbox.take().empty());
    const RequestId first = mailbox.submit({});
    const RequestId second = mailbox.submit({});
    mailbox.cancel(first);
    const Mailbox::Mail mail = mailbox.take();
    QCOMPARE(mail.submitted.size(), size_t{2});
    QCOMPARE(mail.submitted[0].first, first);
    QCOMPARE(mail.submitted[1].first, second);
    QVERIFY(first < second);
    QCOMPARE(mail.cancelled, std::vector<RequestId>{first});
    QVERIFY(mailbox.take().empty());
}

void MailboxTest::waitEndsAfterItsTime()
{
    Mailbox mailbox;
    const Clock::time_point begin = Clock::now();
    mailbox.wait(30ms);
    QVERIFY(Clock::now() - begin >= 30ms);
}

void MailboxTest::submitCancelAndWakeEndTheWait()
{
    Mailbox mailbox;
    QVERIFY(timeToWait(mailbox, [&] { (void)mailbox.submit({}); }) < 10s);
    (void)mailbox.take();
    QVERIFY(timeToWait(mailbox, [&] { mailbox.cancel(1); }) < 10s);
    (void)mailbox.take();
    QVERIFY(timeToWait(mailbox, [&] { mailbox.wake(); }) < 10s);
}

void MailboxTest::wakeBeforeWaitIsNotLost()
{
    Mailbox mailbox;
    mailbox.wake();
    QVERIFY(timeToWait(mailbox, [] { }) < 10s);
    const Clock::time_point begin = Clock::now();
    mailbox.wait(30ms); // the wake is used up
    QVERIFY(Clock::now() - begin >= 30ms);
}

void MailboxTest::waitingTakesNoProcessorTime()
{
    Mailbox mailbox;
    const std::clock_t begin = std::clock();
    mailbox.wait(300ms);
    QVERIFY(double(std::clock() - begin) / CLOCKS_PER_SEC < 0.05);
}

void MailboxTest::idsOfManyThreadsAreDistinct()
{
    Mailbox mailbox;
    constexpr int n_threads = 4, n_each = 500;
    std::vector<std::thread> threads;
    for (int t = 0; t < n_threads; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < n_each; ++i)
                mailbox.cancel(mailbox.submit({}));
        });
    size_t n_taken = 0;
    RequestId last = 0;
    while (n_taken < n_threads * n_each) {
        mailbox.wait(10ms);
        for (const auto& [id, request] : mailbox.take().submitted) {
            QCOMPARE(id, last + 1);
            last = id;
            ++n_taken;
        }
    }
    for (std::thread& thread : threads)
        thread.join();
}

QTEST_APPLESS_MAIN(MailboxTest)
#include "mailbox_test.moc"
