#include "chat/message_tree.h"

#include <QtTest>

namespace {

MessageRecord message(qint64 id, qint64 parentId)
{
    MessageRecord made;
    made.id = id;
    made.chatId = 1;
    made.parentId = parentId;
    return made;
}

/// 1 ─ 2 ─ 3 ─ 4
///       └ 5 ─ 6    (added last: active)
MessageTree twoBranches()
{
    MessageTree tree;
    for (const auto& [id, parentId] : {std::pair(1, 0), {2, 1}, {3, 2}, {4, 3}, {5, 2}, {6, 5}})
        tree.add(message(id, parentId));
    return tree;
}

using Ids = QList<qint64>;

} // namespace

class MessageTreeTest : public QObject {
    Q_OBJECT

private slots:
    void addedMessageBecomesActive()
    {
        const MessageTree tree = twoBranches();
        QCOMPARE(tree.activeRoot(), 1);
        QCOMPARE(tree.activeBranch(), (Ids{1, 2, 5, 6}));
        QCOMPARE(tree.siblings(5), (Ids{3, 5}));
        QCOMPARE(tree.branchTo(4), (Ids{1, 2, 3, 4}));
    }

    void selectingSwitchesTheBranchAndKeepsTheOther()
    {
        MessageTree tree = twoBranches();
        tree.select(3);
        QCOMPARE(tree.activeBranch(), (Ids{1, 2, 3, 4}));
        tree.select(5);
        QCOMPARE(tree.activeBranch(), (Ids{1, 2, 5, 6}));
    }

    void removingTakesTheSubtreeAndShowsTheNeighbour()
    {
        MessageTree tree = twoBranches();
        QCOMPARE(tree.remove(5), (Ids{5, 6}));
        QCOMPARE(tree.activeBranch(), (Ids{1, 2, 3, 4}));
        QVERIFY(!tree.find(6));
        QCOMPARE(tree.remove(3), (Ids{3, 4}));
        QCOMPARE(tree.activeBranch(), (Ids{1, 2}));
        QCOMPARE(tree.find(2)->activeChild, 0);
    }

    void removingAllLeavesAnEmptyTree()
    {
        MessageTree tree = twoBranches();
        QCOMPARE(tree.remove(1).size(), 6);
        QVERIFY(tree.isEmpty());
        QCOMPARE(tree.activeRoot(), 0);
        QVERIFY(tree.activeBranch().isEmpty());
        QVERIFY(tree.remove(1).isEmpty());
    }

    void firstMessagesMayBranchToo()
    {
        MessageTree tree = twoBranches();
        tree.add(message(7, 0));
        QCOMPARE(tree.activeBranch(), (Ids{7}));
        tree.select(1);
        QCOMPARE(tree.activeBranch(), (Ids{1, 2, 5, 6}));
    }

    void loadRestoresTheChosenBranch()
    {
        MessageTree source = twoBranches();
        source.select(3);
        QList<MessageRecord> stored;
        for (const qint64 id : Ids{1, 2, 3, 4, 5, 6})
            stored.append(*source.find(id));
        MessageTree tree;
        tree.load(source.activeRoot(), stored);
        QCOMPARE(tree.activeBranch(), (Ids{1, 2, 3, 4}));
    }

    void lostChoiceFallsBackToTheNewestMessage()
    {
        MessageTree tree;
        tree.load(99, {message(1, 0), message(2, 1), message(3, 1)});
        QCOMPARE(tree.activeBranch(), (Ids{1, 3}));
    }

    void messagesWithoutTheirParentAreLeftOut()
    {
        MessageTree tree;
        tree.load(1, {message(1, 0), message(5, 4), message(6, 5)});
        QVERIFY(tree.find(1));
        QVERIFY(!tree.find(5));
        QVERIFY(!tree.find(6));
    }
};

QTEST_GUILESS_MAIN(MessageTreeTest)
#include "message_tree_test.moc"
