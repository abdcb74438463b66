#include "chat/message_list_model.h"

#include "chat/message_tree.h"

#include <QAbstractItemModelTester>
#include <QtTest>

class MessageListModelTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_tree = {};
        m_model = std::make_unique<MessageListModel>(m_tree);
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        add(1, 0, "user", "question");
        add(2, 1, "assistant", "first *answer*");
    }

    void cleanup() { m_tester.reset(); }

    void rowsFollowTheActiveBranch()
    {
        add(3, 1, "assistant", "second answer");
        QCOMPARE(ids(), (QList<qint64>{1, 3}));
        QCOMPARE(role(1, "branchIndex").toInt(), 1);
        QCOMPARE(role(1, "branchCount").toInt(), 2);
        m_tree.select(2);
        m_model->syncBranch();
        QCOMPARE(ids(), (QList<qint64>{1, 2}));
        QCOMPARE(role(1, "branchIndex").toInt(), 0);
        m_tree.remove(1);
        m_model->syncBranch();
        QCOMPARE(ids(), QList<qint64>{});
    }

    void keptRowsKeepTheirBlocks()
    {
        BlockListModel* before = blocks(0);
        add(3, 1, "assistant", "second answer");
        QCOMPARE(blocks(0), before);
    }

    void alternativesOfTheLastRowAreCountedAnew()
    {
        add(3, 1, "assistant", "second answer");
        QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
        m_tree.remove(2);
        m_model->syncBranch();
        QVERIFY(changed.count() > 0);
        QCOMPARE(role(1, "branchCount").toInt(), 1);
    }

    void answerGrowsInItsBlocks()
    {
        BlockListModel* shown = blocks(1);
        m_model->setStreaming(2, true);
        QCOMPARE(role(1, "streaming").toBool(), true);
        QVERIFY(shown->blocks().last().open);
        grow(2, " and *more*");
        QCOMPARE(shown->blocks().last().text, QStringLiteral("first <i>answer</i> and <i>more</i>"));
        m_model->setStreaming(2, false);
        QVERIFY(!shown->blocks().last().open);
    }

    void errorAndNoticesFrameTheAnswer()
    {
        MessageRecord& record = *m_tree.find(2);
        BlockListModel* shown = blocks(1);
        m_model->setStreaming(2, true);
        record.details.insert(QStringLiteral("droppedMessages"), 4);
        m_model->refresh(2);
        QCOMPARE(shown->blocks().first().kind, BlockKind::Notice);
        record.error = QStringLiteral("It <broke>.");
        record.details.insert(QStringLiteral("finish"), QStringLiteral("error"));
        m_model->setStreaming(2, false);
        QCOMPARE(shown->blocks().last().kind, BlockKind::Error);
        QCOMPARE(shown->blocks().last().text, QStringLiteral("It &lt;broke&gt;."));
        QCOMPARE(shown->count(), 3);
        QCOMPARE(role(1, "errorText").toString(), QStringLiteral("It <broke>."));
    }

    void blocksAreMadeOnlyWhenAskedFor()
    {
        // Ten thousand answers that nobody looks at cost next to nothing.
        for (qint64 id = 100; id < 10'100; ++id)
            m_tree.add(record(id, id == 100 ? 2 : id - 1, "assistant", "text"));
        QElapsedTimer timer;
        timer.start();
        m_model->syncBranch();
        QVERIFY(m_model->findChildren<BlockListModel*>().isEmpty());
        QCOMPARE(m_model->count(), 10'002);
        QCOMPARE(m_model->rowOf(10'099), 10'001);
        QVERIFY2(timer.elapsed() < 1000, "opening a long chat must be instant");
    }

    void lastMessageOfARoleIsFound()
    {
        QCOMPARE(m_model->lastOf(QStringLiteral("user")), 1);
        QCOMPARE(m_model->lastOf(QStringLiteral("assistant")), 2);
        QCOMPARE(m_model->lastOf(QStringLiteral("system")), 0);
    }

private:
    static MessageRecord record(qint64 id, qint64 parentId, const char* role, const char* text)
    {
        MessageRecord made;
        made.id = id;
        made.parentId = parentId;
        made.role = QString::fromLatin1(role);
        made.text = QString::fromLatin1(text);
        return made;
    }

    void add(qint64 id, qint64 parentId, const char* role, const char* text)
    {
        m_tree.add(record(id, parentId, role, text));
        m_model->syncBranch();
    }

    void grow(qint64 id, const char* text)
    {
        m_tree.find(id)->text += QString::fromLatin1(text);
        m_model->appendText(id, {}, QString::fromLatin1(text));
    }

    QVariant role(int row, const char* name)
    {
        return m_model->data(m_model->index(row), m_model->roleNames().key(name));
    }

    BlockListModel* blocks(int row) { return role(row, "blocks").value<BlockListModel*>(); }

    QList<qint64> ids()
    {
        QList<qint64> found;
        for (int row = 0; row < m_model->count(); ++row)
            found.append(role(row, "messageId").toLongLong());
        return found;
    }

    MessageTree m_tree;
    std::unique_ptr<MessageListModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(MessageListModelTest)
#include "message_list_model_test.moc"
