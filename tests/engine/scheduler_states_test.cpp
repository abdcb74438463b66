// Scheduling models with recurrent states: where chunks end, and what the next request can reuse.
#include "scheduler/scheduler.h"

#include "support/answer.h"
#include "support/drawing_forward.h"

#include <QtTest>

#include <deque>

using namespace rocmforge;
using namespace rocmforge::test;

namespace {

using Tokens = std::vector<int32_t>;

constexpr int vocab_size = 53;

Tokens promptOf(int n)
{
    Tokens tokens(static_cast<size_t>(n));
    for (int i = 0; i < n; ++i)
        tokens[static_cast<size_t>(i)] = 1 + i * 7 % (vocab_size - 1);
    return tokens;
}

} // namespace

class SchedulerStatesTest : public QObject {
    Q_OBJECT

private:
    FakeTokenizer tokenizer_{vocab_size};
    std::unique_ptr<FakeForward> forward_;
    std::unique_ptr<DrawingForward> drawing_;
    std::unique_ptr<Scheduler> scheduler_;
    std::deque<Answer> answers_;
    RequestId last_id_ = 0;

    void start(const SchedulerOptions& options)
    {
        answers_.clear();
        forward_ = std::make_unique<FakeForward>(options.n_pages, vocab_size, hashedLogits, options.n_slots);
        scheduler_ = std::make_unique<Scheduler>(*forward_, tokenizer_, options);
    }
    /// On a device that draws tokens, and answers prompts of 100 tokens with 1, 2, 3, 4, 5 and the end.
    void startDrawing()
    {
        const SchedulerOptions options{.n_pages = 60, .n_slots = 6, .n_ctx = 1500, .max_rows = 600};
        forward_ = std::make_unique<FakeForward>(options.n_pages, vocab_size, scripted(100, {1, 2, 3, 4, 5}),
                                                 options.n_slots);
        drawing_ = std::make_unique<DrawingForward>(*forward_);
        scheduler_ = std::make_unique<Scheduler>(*drawing_, tokenizer_, options);
    }
    Answer& submit(Tokens prompt, int max_tokens = 10, bool ignore_stop_tokens = true)
    {
        Answer& answer = answers_.emplace_back();
        Request request{
            .prompt = std::move(prompt), .max_tokens = max_tokens, .ignore_stop_tokens = ignore_stop_tokens};
        request.sampling.temperature = 0;
        request.on_event = answer.receiver();
        scheduler_->submit(++last_id_, std::move(request));
        return answer;
    }
    const Answer& answer(Tokens prompt)
    {
        const Answer& answer = submit(std::move(prompt));
        while (scheduler_->step()) { }
        return answer;
    }
    int reused(Tokens prompt) { return answer(std::move(prompt)).finished->statistics.reused_tokens; }

private slots:
    void init() { start({.n_pages = 60, .n_slots = 6, .n_ctx = 1500, .max_rows = 600}); }
    void cleanup() { QCOMPARE(forward_->violations, std::vector<std::string>()); }

    void promptsAreComputedToTheLastPageBorderFirst()
    {
        submit(promptOf(100));
        scheduler_->step();
        QCOMPARE(forward_->last_rows, std::vector<int>{96});
        scheduler_->step();
        QCOMPARE(forward_->last_rows, std::vector<int>{4});
    }

    void chunksEndAtPageBorders()
    {
        start({.n_pages = 60, .n_slots = 6, .n_ctx = 1500, .max_rows = 75});
        submit(promptOf(150));
        for (const int rows : {64, 64, 22}) {
            scheduler_->step();
            QCOMPARE(forward_->last_rows, std::vector<int>{rows});
        }
    }

    void chunksSmallerThanAPageMakeProgress()
    {
        start({.n_pages = 60, .n_slots = 6, .n_ctx = 1500, .max_rows = 5});
        QCOMPARE(answer(promptOf(70)).tokens.size(), size_t(10));
    }

    void nextTurnReusesTheWholeConversation()
    {
        Tokens conversation = promptOf(100);
        const Answer& first = answer(conversation);
        conversation.insert(conversation.end(), first.tokens.begin(), first.tokens.end());
        conversation.insert(conversation.end(), {5, 6, 7, 8});
        QCOMPARE(reused(conversation), 100 + 9); // the last token of the answer was never computed
        conversation.back() = 9;
        QCOMPARE(reused(conversation), 100 + 9); // edited
    }

    void repeatedPromptBeginsAtItsLastPageBorder()
    {
        const Tokens first = answer(promptOf(100)).tokens;
        const Answer& again = answer(promptOf(100));
        QCOMPARE(again.finished->statistics.reused_tokens, 96);
        QCOMPARE(again.tokens, first);
    }

    void longPromptsKeepCheckpointsOnTheWay()
    {
        start({.n_pages = 60, .n_slots = 6, .n_ctx = 1500, .max_rows = 128});
        answer(promptOf(1300));
        Tokens edited = promptOf(1300);
        edited[1100] = 50;
        QCOMPARE(reused(edited), 1024);
    }

    void cancelledPromptGoesOnWhereItWas()
    {
        start({.n_pages = 60, .n_slots = 6, .n_ctx = 1500, .max_rows = 96});
        submit(promptOf(300));
        scheduler_->step();
        scheduler_->step();
        scheduler_->cancel(last_id_);
        QCOMPARE(reused(promptOf(300)), 192);
    }

    void stepsAreBegunBeforeTokensAreKnown()
    {
        startDrawing();
        submit(promptOf(100));
        while (answers_.back().tokens.empty())
            scheduler_->step();
        QCOMPARE(drawing_->n_under_way(), size_t(1));
    }

    void drawnAnswerIsReusedWithItsStopToken()
    {
        startDrawing();
        submit(promptOf(100), 10, false);
        while (scheduler_->step()) { }
        QCOMPARE(answers_.back().tokens, (Tokens{1, 2, 3, 4, 5}));
        Tokens conversation = promptOf(100);
        conversation.insert(conversation.end(), {1, 2, 3, 4, 5, 0, 7, 8});
        QCOMPARE(reused(conversation), 100 + 6);
    }

    void cancelledDrawnAnswerIsReusedToItsLastToken()
    {
        startDrawing();
        submit(promptOf(100));
        while (answers_.back().tokens.size() < 3)
            scheduler_->step();
        scheduler_->cancel(last_id_);
        Tokens conversation = promptOf(100);
        conversation.insert(conversation.end(), {1, 2, 3, 7, 8});
        QCOMPARE(reused(conversation), 100 + 3);
    }

    void noMoreRequestsRunThanThereAreSlots()
    {
        start({.n_pages = 60, .n_slots = 2, .n_ctx = 1500});
        for (int i = 0; i < 5; ++i)
            submit(promptOf(20 + i));
        scheduler_->step();
        QCOMPARE(forward_->last_rows.size(), size_t(2));
        while (scheduler_->step()) { }
        for (const Answer& answer : answers_)
            QCOMPARE(answer.tokens.size(), size_t(10));
    }
};

QTEST_APPLESS_MAIN(SchedulerStatesTest)
#include "scheduler_states_test.moc"
