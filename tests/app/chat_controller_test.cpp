#include "test_app.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>

using rocmforge::test::TestApp;

class ChatControllerTest : public QObject {
    Q_OBJECT

private slots:
    void answerIsStreamedIntoBlocks()
    {
        TestApp app;
        app.loadModel();
        const QAbstractItemModelTester tester(app.chat().messages(),
                                              QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy states(&app.chat(), &ChatController::stateChanged);
        QSignalSpy finished(&app.chat(), &ChatController::answerFinished);
        app.chat().send(QStringLiteral("How do I reverse a list?"));
        QCOMPARE(app.count(), 2);
        QVERIFY(app.chat().busy());
        auto* blocks = app.role(1, "blocks").value<BlockListModel*>();
        WAIT_FOR(app.chat().state() == ChatController::Generating && blocks->count() > 1);
        QCOMPARE(app.role(1, "streaming").toBool(), true);
        WAIT_FOR(!app.chat().busy());
        QCOMPARE(finished.count(), 1);
        QCOMPARE(app.role(1, "streaming").toBool(), false);

        QList<BlockKind::Kind> kinds;
        for (const Block& block : blocks->blocks())
            kinds.append(block.kind);
        using namespace BlockKind;
        QCOMPARE(kinds, (QList<Kind>{Heading, Paragraph, List, Code, Table, Quote, Paragraph}));
        QCOMPARE(app.chat().title(), QStringLiteral("How do I reverse a list?"));
    }

    void detailsTellHowTheAnswerWasMade()
    {
        TestApp app;
        app.loadModel();
        app.ask(QStringLiteral("hello"));
        const QVariantMap details = app.role(1, "details").toMap();
        QCOMPARE(details.value(QStringLiteral("model")).toString(), QStringLiteral("Scripted"));
        QCOMPARE(details.value(QStringLiteral("backend")).toString(), QStringLiteral("scripted"));
        QCOMPARE(details.value(QStringLiteral("finish")).toString(), QStringLiteral("stop"));
        QVERIFY(details.value(QStringLiteral("generatedTokens")).toInt() > 50);
        QVERIFY(details.value(QStringLiteral("ttft")).toDouble() > 0);
        QVERIFY(app.chat().contextUsed() > 50);
        QCOMPARE(app.chat().contextSize(), 8192);
        QVERIFY(app.chat().tokensPerSecond() > 0);
    }

    void promptIsSystemPromptAndActiveBranch()
    {
        TestApp app;
        app.loadModel();
        app.chat().setSystemPrompt(QStringLiteral("Be brief."));
        app.ask(QStringLiteral("repeat one"));
        app.chat().editMessage(app.id(0), QStringLiteral("repeat two"));
        WAIT_FOR(!app.chat().busy());
        QCOMPARE(app.text(1), QStringLiteral("```\nsystem: Be brief.\nuser: repeat two\nassistant: \n```\n"));
    }

    void stopKeepsWhatIsThere()
    {
        TestApp app({std::chrono::milliseconds(5), 8192});
        app.loadModel();
        app.chat().send(QStringLiteral("a long story"));
        WAIT_FOR(app.text(1).size() > 100);
        app.chat().stop();
        WAIT_FOR(!app.chat().busy());
        const QString kept = app.text(1);
        QVERIFY(kept.startsWith(QStringLiteral("Paragraph 1 says")) && kept.size() < 5000);
        QCOMPARE(app.role(1, "details").toMap().value(QStringLiteral("finish")).toString(),
                 QStringLiteral("cancelled"));

        app.chat().continueAnswer(app.id(1));
        WAIT_FOR(app.text(1).size() > kept.size() + 100);
        QCOMPARE(app.count(), 2);
        QVERIFY(app.text(1).startsWith(kept + QStringLiteral("")));
        QVERIFY(app.text(1).simplified().startsWith(
            QStringLiteral("Paragraph 1 says the same as the one before it, only later. Paragraph 2 says")));
        app.chat().stop();
        WAIT_FOR(!app.chat().busy());
    }

    void regeneratingMakesAnAlternative()
    {
        TestApp app;
        app.loadModel();
        app.ask(QStringLiteral("hello"));
        const qint64 first = app.id(1);
        app.chat().regenerate(first);
        WAIT_FOR(!app.chat().busy());
        QCOMPARE(app.count(), 2);
        QVERIFY(app.id(1) != first);
        QCOMPARE(app.role(1, "branchCount").toInt(), 2);
        app.chat().selectBranch(app.id(1), 0);
        QCOMPARE(app.id(1), first);
        app.chat().regenerate(app.id(0)); // of the question
        WAIT_FOR(!app.chat().busy());
        QCOMPARE(app.role(1, "branchCount").toInt(), 3);
    }

    void editingKeepsTheOldBranch()
    {
        TestApp app;
        app.loadModel();
        app.ask(QStringLiteral("one"));
        app.ask(QStringLiteral("two"));
        app.chat().editMessage(app.id(2), QStringLiteral("three"));
        WAIT_FOR(!app.chat().busy());
        QCOMPARE(app.count(), 4);
        QCOMPARE(app.text(2), QStringLiteral("three"));
        app.chat().selectBranch(app.id(2), 0);
        QCOMPARE(app.text(2), QStringLiteral("two"));
        QCOMPARE(app.count(), 4);
        app.chat().editMessage(app.id(3), QStringLiteral("my own answer"));
        QVERIFY(!app.chat().busy());
        QCOMPARE(app.text(3), QStringLiteral("my own answer"));
        QCOMPARE(app.role(3, "branchCount").toInt(), 2);
    }

    void deletingTakesWhatFollows()
    {
        TestApp app;
        app.loadModel();
        app.ask(QStringLiteral("one"));
        app.ask(QStringLiteral("two"));
        app.chat().deleteMessage(app.id(2));
        QCOMPARE(app.count(), 2);
        app.restart();
        WAIT_FOR_EQUAL(app.count(), 2);
    }

    void restartKeepsTheHistory()
    {
        TestApp app;
        app.loadModel();
        app.chat().setSystemPrompt(QStringLiteral("Be brief."));
        app.chat().sampling()->setProperty("topK", 5);
        app.ask(QStringLiteral("one"));
        app.ask(QStringLiteral("two"));
        app.chat().editMessage(app.id(2), QStringLiteral("three"));
        WAIT_FOR(!app.chat().busy());
        app.chat().selectBranch(app.id(2), 0);
        app.chat().setDraft(QStringLiteral("half a sentence"));
        QStringList before;
        for (int row = 0; row < app.count(); ++row)
            before.append(app.text(row));

        app.restart();
        WAIT_FOR_EQUAL(app.count(), 4);
        for (int row = 0; row < app.count(); ++row)
            QCOMPARE(app.text(row), before.at(row));
        QCOMPARE(app.role(2, "branchCount").toInt(), 2);
        QCOMPARE(app.chat().draft(), QStringLiteral("half a sentence"));
        QCOMPARE(app.chat().systemPrompt(), QStringLiteral("Be brief."));
        QCOMPARE(app.chat().sampling()->property("topK").toInt(), 5);
        QCOMPARE(app.chats().data(app.chats().index(0), ChatListModel::TitleRole).toString(),
                 QStringLiteral("one"));
        WAIT_FOR(app->engine()->ready()); // the last model is loaded again
    }

    void failureIsAnErrorBlock()
    {
        TestApp app;
        app.loadModel();
        app.ask(QStringLiteral("please fail"));
        QVERIFY(app.role(1, "errorText").toString().contains(QStringLiteral("Ask for something else.")));
        auto* blocks = app.role(1, "blocks").value<BlockListModel*>();
        QCOMPARE(blocks->blocks().last().kind, BlockKind::Error);
        QVERIFY(app.text(1).startsWith(QStringLiteral("## Reversing")));
        app.ask(QStringLiteral("hello"));
        QCOMPARE(app.count(), 4);
        QVERIFY(app.role(3, "errorText").toString().isEmpty());
    }

    void thinkingIsTimed()
    {
        TestApp app;
        app.loadModel();
        app.ask(QStringLiteral("think hard"));
        auto* blocks = app.role(1, "blocks").value<BlockListModel*>();
        QCOMPARE(blocks->blocks().first().kind, BlockKind::Thinking);
        QVERIFY(blocks->blocks().first().seconds > 0);
        app.chat().copyLastAnswer();
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("The answer is **42**.\n"));
    }

    void sendingWhileTheModelLoadsWaitsForIt()
    {
        TestApp app({std::chrono::milliseconds(10), 8192});
        app->engine()->load(app.modelPath());
        app.chat().setDraft(QStringLiteral("hello"));
        QVERIFY(app.chat().canSend());
        app.chat().send(QStringLiteral("hello"));
        QCOMPARE(app.chat().state(), ChatController::LoadingModel);
        WAIT_FOR_EQUAL(app.chat().state(), ChatController::Generating);
        app.chat().stop();
        WAIT_FOR(!app.chat().busy());
    }

    void cancelledLoadEndsTheWaitingAnswer()
    {
        TestApp app({std::chrono::milliseconds(10), 8192});
        app->engine()->load(app.modelPath());
        app.chat().send(QStringLiteral("hello"));
        app->engine()->cancelLoad();
        WAIT_FOR(!app.chat().busy());
        QVERIFY(!app.role(1, "errorText").toString().isEmpty());
    }

    void withoutAModelNothingIsSent()
    {
        TestApp app;
        app.chat().setDraft(QStringLiteral("hello"));
        QVERIFY(!app.chat().canSend());
        app.chat().send(QStringLiteral("hello"));
        QCOMPARE(app.count(), 0);
        QCOMPARE(app.chat().draft(), QStringLiteral("hello"));
    }

    void blankMessageIsNotSent()
    {
        TestApp app;
        app.loadModel();
        app.chat().send(QStringLiteral(" \n"));
        QCOMPARE(app.count(), 0);
    }

    void answersGoOnInOtherChats()
    {
        TestApp app({std::chrono::milliseconds(2), 8192});
        app.loadModel();
        app.chat().send(QStringLiteral("a long story"));
        WAIT_FOR(app.text(1).size() > 10);
        const qint64 first = app.chat().chatId();
        app.chats().newChat();
        app.ask(QStringLiteral("hello"));
        app.chats().open(first);
        QVERIFY(app.chat().busy());
        WAIT_FOR(app.text(1).size() > 1000);
        app.chat().stop();
        WAIT_FOR(!app.chat().busy());
    }

    void unloadingEndsTheAnswer()
    {
        TestApp app({std::chrono::milliseconds(5), 8192});
        app.loadModel();
        app.chat().send(QStringLiteral("a long story"));
        WAIT_FOR_EQUAL(app.chat().state(), ChatController::Generating);
        app->engine()->unload();
        WAIT_FOR(!app.chat().busy());
        QVERIFY(app.text(1).startsWith(QStringLiteral("Paragraph 1")));
    }

    void trashedChatStopsItsAnswer()
    {
        TestApp app({std::chrono::milliseconds(5), 8192});
        app.loadModel();
        app.chat().send(QStringLiteral("a long story"));
        WAIT_FOR_EQUAL(app.chat().state(), ChatController::Generating);
        const qint64 id = app.chat().chatId();
        app.chats().moveToTrash(id);
        QVERIFY(app.chat().chatId() != id);
        QCOMPARE(app.chats().count(), 0);
        app.chats().restore(id);
        WAIT_FOR_EQUAL(app.count(), 2);
    }

    void draftIsCountedInTokens()
    {
        TestApp app;
        app.loadModel();
        app.chat().setDraft(QStringLiteral("twelve chars"));
        WAIT_FOR_EQUAL(app.chat().draftTokens(), 12);
        app.chat().setDraft({});
        WAIT_FOR_EQUAL(app.chat().draftTokens(), 0);
    }

    void conversationThatOutgrowsTheContextSaysSo()
    {
        TestApp app({std::chrono::milliseconds(0), 1500});
        app.loadModel();
        for (int i = 0; i < 3; ++i)
            app.ask(QStringLiteral("hello"));
        auto* blocks = app.role(5, "blocks").value<BlockListModel*>();
        QCOMPARE(blocks->blocks().first().kind, BlockKind::Notice);
    }

    void answerCutByTheProcessEndingIsMarked()
    {
        TestApp app({std::chrono::milliseconds(5), 8192});
        app.loadModel();
        app.chat().send(QStringLiteral("a long story"));
        WAIT_FOR(app.text(1).size() > 100);
        app.restart();
        WAIT_FOR_EQUAL(app.count(), 2);
        QVERIFY(app.text(1).size() > 100);
        QCOMPARE(app.role(1, "details").toMap().value(QStringLiteral("finish")).toString(),
                 QStringLiteral("interrupted"));
    }
};

QTEST_MAIN(ChatControllerTest)
#include "chat_controller_test.moc"
