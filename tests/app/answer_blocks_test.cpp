#include "chat/answer_blocks.h"

#include <QtTest>

class AnswerBlocksTest : public QObject {
    Q_OBJECT

private slots:
    void thinkingIsTheFirstBlock()
    {
        AnswerBlocks answer;
        for (const QChar c : QStringLiteral("Let me *see*.\n\n- a\n\n```\nx < y\n```"))
            answer.appendThinking(c);
        answer.appendText(QStringLiteral("**42**"));
        answer.finish(2.5);
        QCOMPARE(answer.blocks().size(), 2);
        const Block& thinking = answer.blocks().first();
        QCOMPARE(thinking.kind, BlockKind::Thinking);
        QCOMPARE(thinking.text,
                 QStringLiteral("<p>Let me <i>see</i>.</p><ul><li>a</li></ul><pre>x &lt; y</pre>"));
        QCOMPARE(thinking.seconds, 2.5);
        QCOMPARE(answer.blocks().last().text, QStringLiteral("<b>42</b>"));
    }

    void thinkingIsOpenUntilTextFollows()
    {
        AnswerBlocks answer;
        answer.appendThinking(QStringLiteral("hm"));
        QVERIFY(answer.blocks().first().open);
        QCOMPARE(answer.appendText(QStringLiteral("so")), 0);
        QVERIFY(!answer.blocks().first().open);
        QVERIFY(answer.blocks().last().open);
    }

    void finishClosesThinkingThatWasCutOff()
    {
        AnswerBlocks answer;
        answer.appendThinking(QStringLiteral("hm"));
        QCOMPARE(answer.finish(0), 0);
        QVERIFY(!answer.blocks().first().open);
    }

    void appendTellsTheFirstChangedBlock()
    {
        AnswerBlocks answer;
        answer.appendThinking(QStringLiteral("a"));
        answer.appendText(QStringLiteral("one\n\n"));
        QCOMPARE(answer.appendText(QStringLiteral("two")), 2);
        QCOMPARE(answer.blocks().size(), 3);
    }
};

QTEST_GUILESS_MAIN(AnswerBlocksTest)
#include "answer_blocks_test.moc"
