#include "inference/prompt.h"

#include "inference/scripted_engine.h"

#include <QtTest>

namespace {

ScriptedEngine engineWith(int contextSize)
{
    return ScriptedEngine({}, {std::chrono::milliseconds(0), contextSize});
}

/// "system", then `turns` times 40 characters of question and of answer, then a question.
GenerationRequest conversation(int turns)
{
    GenerationRequest request;
    request.messages.push_back({"system", "S"});
    for (int i = 0; i < turns; ++i) {
        request.messages.push_back({"user", "question " + std::to_string(i) + std::string(30, '.')});
        request.messages.push_back({"assistant", std::string(40, 'a')});
    }
    request.messages.push_back({"user", "last"});
    return request;
}

std::string textOf(const ScriptedEngine& engine, const Prompt& prompt)
{
    return engine.detokenize(prompt.tokens, true);
}

} // namespace

class PromptTest : public QObject {
    Q_OBJECT

private slots:
    void shortConversationIsWhole()
    {
        const ScriptedEngine engine = engineWith(8192);
        const auto prompt = assemblePrompt(engine, conversation(2));
        QVERIFY(prompt);
        QCOMPARE(prompt->droppedMessages, 0);
        QVERIFY(textOf(engine, *prompt).starts_with("system: S\nuser: question 0"));
        QVERIFY(textOf(engine, *prompt).ends_with("user: last\nassistant: "));
    }

    void oldestTurnsGiveWay_data()
    {
        QTest::addColumn<int>("contextSize");
        for (const int size : {120, 300, 500, 1000, 1900})
            QTest::addRow("%d tokens", size) << size;
    }
    void oldestTurnsGiveWay()
    {
        QFETCH(int, contextSize);
        const ScriptedEngine engine = engineWith(contextSize);
        const auto prompt = assemblePrompt(engine, conversation(20));
        QVERIFY(prompt);
        QVERIFY(prompt->droppedMessages > 0 && prompt->droppedMessages % 2 == 0);
        const int room = contextSize - contextSize / 4;
        const int turn = 6 + 39 + 1 + 11 + 40 + 1; // characters, some one more
        QVERIFY(int(prompt->tokens.size()) <= room);
        QVERIFY(int(prompt->tokens.size()) > room - turn - 2); // no more is dropped than must be
        const std::string text = textOf(engine, *prompt);
        QVERIFY(text.starts_with("system: S\nuser: "));
        QVERIFY(text.ends_with("user: last\nassistant: "));
    }

    void messageLongerThanTheContextIsAnError()
    {
        const ScriptedEngine engine = engineWith(100);
        GenerationRequest request = conversation(1);
        request.messages.back().content = std::string(200, 'x');
        const auto prompt = assemblePrompt(engine, request);
        QVERIFY(!prompt);
        QCOMPARE(prompt.error().kind, rocmforge::ErrorKind::context_full);
        QVERIFY(!prompt.error().remedy.empty());
    }

    void longAnswersTakeTheirRoomFromShortLimits()
    {
        const ScriptedEngine engine = engineWith(1000);
        GenerationRequest request = conversation(20);
        request.maxTokens = 10;
        const auto prompt = assemblePrompt(engine, request);
        QVERIFY(prompt);
        QVERIFY(prompt->tokens.size() > 850);
    }

    void continuationFollowsTheAssistantsTurn()
    {
        const ScriptedEngine engine = engineWith(8192);
        GenerationRequest request = conversation(0);
        request.begun.text = "Once upon";
        const auto prompt = assemblePrompt(engine, request);
        QVERIFY(prompt);
        QVERIFY(textOf(engine, *prompt).ends_with("assistant: Once upon"));
    }
};

QTEST_GUILESS_MAIN(PromptTest)
#include "prompt_test.moc"
