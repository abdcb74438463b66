#include "chat/chat_list_model.h"

#include "store/store.h"

#include <QAbstractItemModelTester>
#include <QtTest>

namespace {

constexpr int patienceMs = 20'000;

ChatRecord chat(qint64 id, const char* title, int minutesAgo)
{
    ChatRecord made;
    made.id = id;
    made.title = QString::fromUtf8(title);
    made.updatedAt = QDateTime::currentDateTime().addSecs(-60 * minutesAgo);
    made.createdAt = made.updatedAt;
    return made;
}

} // namespace

class ChatListModelTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        reopen();
    }

    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
        m_store.reset();
    }

    void newestComesFirstAndPinnedBeforeAll()
    {
        addThree();
        QCOMPARE(titles(), (QStringList{"new", "middle", "old"}));
        m_model->setPinned(1, true);
        QCOMPARE(titles(), (QStringList{"old", "new", "middle"}));
        QCOMPARE(role(0, "section").toString(), QStringLiteral("Pinned"));
        QCOMPARE(role(1, "section").toString(), QStringLiteral("Today"));
        m_model->setPinned(1, false);
        QCOMPARE(titles(), (QStringList{"new", "middle", "old"}));
    }

    void savedChatMovesToItsPlace()
    {
        addThree();
        m_model->save(chat(1, "old", 0));
        QCOMPARE(titles(), (QStringList{"old", "new", "middle"}));
    }

    void changesSurviveARestart()
    {
        addThree();
        m_model->rename(2, QStringLiteral("  renamed "));
        m_model->rename(3, QStringLiteral("  "));
        m_model->setPinned(2, true);
        cleanup();
        reopen();
        QTRY_COMPARE_WITH_TIMEOUT(titles(), (QStringList{"renamed", "new", "old"}), patienceMs);
    }

    void trashedChatComesBack()
    {
        addThree();
        m_model->open(3);
        QSignalSpy trashed(m_model.get(), &ChatListModel::trashed);
        m_model->moveToTrash(3);
        QCOMPARE(titles(), (QStringList{"middle", "old"}));
        QCOMPARE(trashed.count(), 1);
        QVERIFY(m_model->currentChatId() != 3);
        m_model->restore(3);
        QCOMPARE(titles(), (QStringList{"new", "middle", "old"}));
        QCOMPARE(m_model->currentChatId(), 3);
    }

    void nothingIsSavedIntoTheTrash()
    {
        addThree();
        m_model->moveToTrash(3);
        m_model->save(chat(3, "late", 0));
        QCOMPARE(titles(), (QStringList{"middle", "old"}));
    }

    void duplicateIsOpened()
    {
        addThree();
        m_model->duplicate(2);
        QTRY_COMPARE_WITH_TIMEOUT(m_model->count(), 4, patienceMs);
        QCOMPARE(titles().first(), QStringLiteral("middle (copy)"));
        QCOMPARE(role(0, "current").toBool(), true);
    }

    void neighboursAreThoseShown()
    {
        addThree();
        m_model->open(3);
        m_model->openNeighbour(1);
        QCOMPARE(m_model->currentChatId(), 2);
        m_model->openNeighbour(-1);
        m_model->openNeighbour(-1);
        QCOMPARE(m_model->currentChatId(), 3);
    }

    void newChatIsNoRowUntilItIsSaved()
    {
        addThree();
        m_model->open(3);
        m_model->newChat();
        QVERIFY(!m_model->find(m_model->currentChatId()));
        QCOMPARE(m_model->count(), 3);
        const qint64 id = m_model->currentChatId();
        m_model->newChat();
        QCOMPARE(m_model->currentChatId(), id);
    }

    void searchShowsTheHitsAndGoesBack()
    {
        addThree();
        MessageRecord message;
        message.id = 20;
        message.chatId = 2;
        message.role = QStringLiteral("user");
        message.text = QStringLiteral("Where do penguins live?");
        m_store->saveMessage(message);
        m_model->setSearchText(QStringLiteral("pengu"));
        QTRY_COMPARE_WITH_TIMEOUT(titles(), (QStringList{"middle"}), patienceMs);
        QCOMPARE(role(0, "snippet").toString(), QStringLiteral("Where do <b>penguins</b> live?"));
        QCOMPARE(role(0, "hitMessageId").toLongLong(), 20);
        m_model->setSearchText(QStringLiteral("nothing like it"));
        QTRY_COMPARE_WITH_TIMEOUT(m_model->count(), 0, patienceMs);
        m_model->setSearchText({});
        QCOMPARE(m_model->count(), 3);
        QVERIFY(role(0, "snippet").toString().isEmpty());
    }

private:
    void reopen()
    {
        m_store = std::make_unique<Store>(m_directory->filePath(QStringLiteral("chats.db")));
        m_model = std::make_unique<ChatListModel>(*m_store);
        m_tester = std::make_unique<QAbstractItemModelTester>(
            m_model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        QTRY_VERIFY_WITH_TIMEOUT(m_model->loaded(), patienceMs);
    }

    void addThree()
    {
        m_model->save(chat(2, "middle", 2));
        m_model->save(chat(3, "new", 1));
        m_model->save(chat(1, "old", 3));
    }

    QVariant role(int row, const char* name)
    {
        return m_model->data(m_model->index(row), m_model->roleNames().key(name));
    }

    QStringList titles()
    {
        QStringList found;
        for (int row = 0; row < m_model->count(); ++row)
            found.append(role(row, "title").toString());
        return found;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Store> m_store;
    std::unique_ptr<ChatListModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(ChatListModelTest)
#include "chat_list_model_test.moc"
