#include "chat/block_list_model.h"

#include <QAbstractItemModelTester>
#include <QtTest>

namespace {

const auto failOnWrongSignals = QAbstractItemModelTester::FailureReportingMode::QtTest;

Block notice(const char* text)
{
    Block block;
    block.kind = BlockKind::Notice;
    block.text = QString::fromLatin1(text);
    return block;
}

} // namespace

class BlockListModelTest : public QObject {
    Q_OBJECT

private slots:
    void streamingKeepsTheModelConsistent()
    {
        const QString thinking = QStringLiteral("a\n\nb");
        const QString text = QStringLiteral("# T\ntext\n- a\n- b\n\n```py\nx\n```\nend");
        BlockListModel model;
        const QAbstractItemModelTester tester(&model, failOnWrongSignals);
        for (const QChar c : thinking)
            model.appendAnswer(c, {});
        for (const QChar c : text)
            model.appendAnswer({}, c);
        model.finishAnswer(1);
        model.setLeading({notice("before")});
        model.setTrailing({notice("after")});
        QCOMPARE(model.count(), 8);
        BlockListModel atOnce;
        atOnce.setAnswer(thinking, text);
        atOnce.finishAnswer(1);
        QCOMPARE(model.blocks().mid(1, 6), atOnce.blocks());
    }

    void appendingTouchesOnlyTheLastBlock()
    {
        BlockListModel model;
        model.appendAnswer({}, QStringLiteral("one\n\ntwo\n\nthr"));
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.appendAnswer({}, QStringLiteral("ee"));
        QCOMPARE(inserted.count(), 0);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().at(0).toModelIndex().row(), 2);
        const auto roles = changed.first().at(2).value<QList<int>>();
        QVERIFY(!roles.contains(BlockListModel::KindRole));
    }

    void noticesStayAroundTheAnswer()
    {
        BlockListModel model;
        const QAbstractItemModelTester tester(&model, failOnWrongSignals);
        model.setLeading({notice("before")});
        model.appendAnswer({}, QStringLiteral("one"));
        model.setTrailing({notice("after")});
        model.appendAnswer({}, QStringLiteral("\n\ntwo"));
        QStringList texts;
        for (const Block& block : model.blocks())
            texts.append(block.text);
        QCOMPARE(texts, (QStringList{"before", "one", "two", "after"}));
    }

    void typedTextIsShownAsTyped()
    {
        BlockListModel model;
        model.setPlainText(QStringLiteral("# no <b>markup</b>\n  here"));
        QCOMPARE(model.count(), 1);
        QCOMPARE(model.blocks().first().text,
                 QStringLiteral("<span style=\"white-space:pre-wrap\">"
                                "# no &lt;b&gt;markup&lt;/b&gt;<br>  here</span>"));
    }

    void rolesAreThoseOfTheWindow()
    {
        BlockListModel model;
        model.appendAnswer({}, QStringLiteral("```py\nx"));
        const QHash<int, QByteArray> names = model.roleNames();
        const auto value = [&](const char* name) { return model.data(model.index(0), names.key(name)); };
        QCOMPARE(value("kind").toInt(), int(BlockKind::Code));
        QCOMPARE(value("text").toString(), QStringLiteral("x"));
        QCOMPARE(value("language").toString(), QStringLiteral("py"));
        QCOMPARE(value("open").toBool(), true);
    }
};

QTEST_GUILESS_MAIN(BlockListModelTest)
#include "block_list_model_test.moc"
