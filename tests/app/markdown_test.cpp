#include "chat/markdown_html.h"
#include "chat/markdown_stream.h"

#include <QtTest>

#include <random>

namespace {

const QString& sample()
{
    static const QString text = QStringLiteral(R"(# Title

A paragraph with **bold**, *italic*, `code` and a
second line.
## Directly after
- one
- two

  with a paragraph

  ```cpp
  int inside = 1;

  int list = 2;
  ```
- three
10. ten

   not in ten
```python
def f():

    return "```"
```
text after
---
> quoted
> - list in quote

> another
| a | b |
|---|---:|
| 1 | 2 |

***
~~~
tilde
```
~~~
Words
1. begins a list

2. goes on
* [ ] open
* [x] done

Last ☃ paragraph with `unfinished)");
    return text;
}

QList<Block> whole(const QString& text)
{
    MarkdownStream stream;
    stream.append(text);
    stream.finish();
    return stream.blocks();
}

QString describe(const QList<Block>& blocks)
{
    QString text;
    for (const Block& block : blocks)
        text += QStringLiteral("%1|%2|%3|%4|%5\n")
                    .arg(block.kind)
                    .arg(block.language)
                    .arg(block.level)
                    .arg(block.open)
                    .arg(block.text);
    return text;
}

} // namespace

class MarkdownTest : public QObject {
    Q_OBJECT

private slots:
    void blocksHaveTheirKind_data()
    {
        QTest::addColumn<QString>("markdown");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("text");
        const auto row = [](const char* name, const char* markdown, BlockKind::Kind kind, const char* text) {
            QTest::newRow(name) << QString::fromUtf8(markdown) << int(kind) << QString::fromUtf8(text);
        };
        row("paragraph", "a **b** `c` ~~d~~", BlockKind::Paragraph, "a <b>b</b> <code>c</code> <s>d</s>");
        row("line break", "roses\nviolets", BlockKind::Paragraph, "roses<br>violets");
        row("heading", "## Two", BlockKind::Heading, "Two");
        row("list", "- a\n- b", BlockKind::List, "<ul><li>a</li><li>b</li></ul>");
        row("numbers", "3. a\n4. b", BlockKind::List, "<ol start=\"3\"><li>a</li><li>b</li></ol>");
        row("tasks", "- [ ] a\n- [x] b", BlockKind::List, "<ul><li>☐ a</li><li>☑ b</li></ul>");
        row("quote", "> a", BlockKind::Quote, "<p>a</p>");
        row("code", "```cpp x\na < b;\n```", BlockKind::Code, "a < b;");
        row("rule", "***", BlockKind::Rule, "");
        row("entity", "a &amp; b &lt;i&gt;", BlockKind::Paragraph, "a &amp; b &lt;i&gt;");
    }
    void blocksHaveTheirKind()
    {
        QFETCH(QString, markdown);
        QFETCH(int, kind);
        QFETCH(QString, text);
        const QList<Block> blocks = markdownBlocks(markdown);
        QCOMPARE(blocks.size(), 1);
        QCOMPARE(int(blocks.first().kind), kind);
        QCOMPARE(blocks.first().text, text);
    }

    void codeKeepsItsLanguageAndHeadingItsLevel()
    {
        const QList<Block> blocks = markdownBlocks(QStringLiteral("### h\n```c++ title\nx\n```"));
        QCOMPARE(blocks.size(), 2);
        QCOMPARE(blocks.at(0).level, 3);
        QCOMPARE(blocks.at(1).language, QStringLiteral("c++"));
    }

    void tableCellsAreAligned()
    {
        const Block table = markdownBlocks(QStringLiteral("|a|b|\n|:-:|--:|\n|1|2|")).first();
        QCOMPARE(table.kind, BlockKind::Table);
        QVERIFY(table.text.contains(QStringLiteral("<th align=\"center\">a</th>")));
        QVERIFY(table.text.contains(QStringLiteral("<td align=\"right\">2</td>")));
    }

    void untrustedTextCannotDoHarm_data()
    {
        QTest::addColumn<QString>("markdown");
        QTest::addColumn<QString>("text");
        const auto row = [](const char* name, const char* markdown, const char* text) {
            QTest::newRow(name) << QString::fromUtf8(markdown) << QString::fromUtf8(text);
        };
        row("html is text", "<img src=\"x\">", "&lt;img src=&quot;x&quot;&gt;");
        row("html block is text", "<script>\nx\n</script>", "&lt;script&gt;<br>x<br>&lt;/script&gt;");
        row("web link", "[a](https://b.c/?d=1&e=2)", "<a href=\"https://b.c/?d=1&amp;e=2\">a</a>");
        row("mail link", "[a](mailto:b@c.d)", "<a href=\"mailto:b@c.d\">a</a>");
        row("script link is text", "[a](javascript:alert(1))", "a");
        row("hidden script link is text", "[a](java&#115;cript:alert(1))", "a");
        row("file link is text", "[a](file:///etc/passwd)", "a");
        row("relative link is text", "[a](../b)", "a");
        row("quote cannot leave the attribute", "[a](<https://b\" onclick=\"x>)",
            "<a href=\"https://b&quot; onclick=&quot;x\">a</a>");
        row("image becomes a link", "![a](https://b/c.png)", "<a href=\"https://b/c.png\">a</a>");
        row("local image becomes text", "![a](/etc/passwd)", "a");
        row("linked image is one link", "[![a](https://b)](https://c)", "<a href=\"https://c\">a</a>");
    }
    void untrustedTextCannotDoHarm()
    {
        QFETCH(QString, markdown);
        QFETCH(QString, text);
        QCOMPARE(markdownBlocks(markdown).first().text, text);
    }

    void piecesGiveTheSameBlocksAsTheWhole()
    {
        const QString expected = describe(whole(sample()));
        std::mt19937 random(1);
        for (int round = 0; round < 300; ++round) {
            MarkdownStream stream;
            std::uniform_int_distribution<int> size(1, round % 2 ? 4 : 60);
            for (qsizetype at = 0; at < sample().size();) {
                const QString piece = sample().mid(at, size(random));
                stream.append(piece);
                at += piece.size();
            }
            stream.finish();
            QCOMPARE(describe(stream.blocks()), expected);
        }
    }

    void cuttingIntoChunksChangesNothing()
    {
        // The sample ends a list by a fence and begins others where the parser, too, begins them.
        QCOMPARE(describe(whole(sample())), describe(markdownBlocks(sample())));
    }

    void appendTellsWhatChanged()
    {
        MarkdownStream stream;
        QList<Block> shown;
        for (const QChar c : sample()) {
            const qsizetype firstChanged = stream.append(c);
            QVERIFY(firstChanged <= shown.size());
            for (qsizetype i = 0; i < std::min(firstChanged, stream.blocks().size()); ++i)
                QCOMPARE(describe({stream.blocks().at(i)}), describe({shown.at(i)}));
            shown = stream.blocks();
        }
    }

    void onlyTheLastBlockIsOpen()
    {
        MarkdownStream stream;
        stream.append(QStringLiteral("one\n\n```py\ntwo\n"));
        QCOMPARE(stream.blocks().size(), 2);
        QVERIFY(!stream.blocks().at(0).open);
        QVERIFY(stream.blocks().at(1).open);
        QCOMPARE(stream.blocks().at(1).text, QStringLiteral("two"));
        stream.finish();
        QVERIFY(!stream.blocks().at(1).open);
    }

    void finishedParagraphsAreNotParsedAgain()
    {
        MarkdownStream stream;
        stream.append(QStringLiteral("one\n\n"));
        QCOMPARE(stream.append(QStringLiteral("two\n\n")), 1);
        QCOMPARE(stream.append(QStringLiteral("three")), 2);
    }
};

QTEST_GUILESS_MAIN(MarkdownTest)
#include "markdown_test.moc"
