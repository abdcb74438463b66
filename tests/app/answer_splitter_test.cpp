#include "inference/answer_splitter.h"

#include <QtTest>

namespace {

/// What a reader of the news has gathered.
struct Reader {
    AnswerSplitter splitter;
    AnswerParts parts;
    int replacements = 0;

    Reader(std::string_view prompt, const AnswerParts& begun)
        : splitter({}, prompt, begun)
        , parts(begun)
    {
    }

    void read(std::string_view output, size_t pieceSize = 1)
    {
        for (; !output.empty(); output.remove_prefix(std::min(pieceSize, output.size()))) {
            splitter.append(output.substr(0, pieceSize));
            takeNews();
        }
    }

    void finish()
    {
        splitter.finish();
        takeNews();
    }

    void takeNews()
    {
        const AnswerSplitter::News news = splitter.takeNews();
        if (news.replaces) {
            parts = {};
            ++replacements;
        }
        parts.thinking += news.parts.thinking;
        parts.text += news.parts.text;
    }
};

} // namespace

class AnswerSplitterTest : public QObject {
    Q_OBJECT

private slots:
    void piecesMakeTheWhole_data()
    {
        QTest::addColumn<int>("pieceSize");
        for (const int size : {1, 3, 7, 1000})
            QTest::addRow("pieces of %d", size) << size;
    }
    void piecesMakeTheWhole()
    {
        QFETCH(int, pieceSize);
        Reader reader("user: hi\nassistant: ", {});
        reader.read("<think>\nLet me see.\n</think>\n\nIt is **42**.", size_t(pieceSize));
        reader.finish();
        QCOMPARE(reader.parts.thinking, std::string("Let me see."));
        QCOMPARE(reader.parts.text, std::string("It is **42**."));
        QCOMPARE(reader.replacements, 0);
    }

    void thinkingMayBeOpenAlready()
    {
        Reader reader("<|assistant|>\n<think>\n", {});
        reader.read("hm</think>yes");
        QCOMPARE(reader.parts.thinking, std::string("hm"));
        QCOMPARE(reader.parts.text, std::string("yes"));
    }

    void thoughtWhoseBeginningWasNotSeenReplacesTheText()
    {
        Reader reader("assistant: ", {});
        reader.read("hm</think>yes");
        reader.finish();
        QCOMPARE(reader.replacements, 1);
        QCOMPARE(reader.parts.thinking, std::string("hm"));
        QCOMPARE(reader.parts.text, std::string("yes"));
    }

    void begunAnswerIsNotToldAgain_data()
    {
        QTest::addColumn<QString>("thinking");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("output");
        QTest::addColumn<QString>("finalText");
        QTest::newRow("text") << QString() << QStringLiteral("Once ") << QStringLiteral("upon")
                              << QStringLiteral("Once upon");
        QTest::newRow("after thinking") << QStringLiteral("hm") << QStringLiteral("Once")
                                        << QStringLiteral(" upon") << QStringLiteral("Once upon");
        QTest::newRow("while thinking") << QStringLiteral("hm") << QString()
                                        << QStringLiteral("</think>\n\nOnce") << QStringLiteral("Once");
    }
    void begunAnswerIsNotToldAgain()
    {
        QFETCH(QString, thinking);
        QFETCH(QString, text);
        QFETCH(QString, output);
        Reader reader("assistant: ", {thinking.toStdString(), text.toStdString()});
        reader.read(output.toStdString());
        reader.finish();
        QCOMPARE(QString::fromStdString(reader.parts.thinking), thinking);
        QTEST(QString::fromStdString(reader.parts.text), "finalText");
    }
};

QTEST_GUILESS_MAIN(AnswerSplitterTest)
#include "answer_splitter_test.moc"
