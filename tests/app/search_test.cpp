#include "store/migrations.h"
#include "store/tables.h"

#include <QtTest>

#include <SQLiteCpp/SQLiteCpp.h>

class SearchTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_database =
            std::make_unique<SQLite::Database>(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        m_database->exec("PRAGMA foreign_keys = ON");
        migrate(*m_database);
        addChat(1, "Steam engines");
        addMessage(11, 1, "How does a **steam** engine work?");
        addMessage(12, 1, "Water boils; the steam pushes a piston.");
        addChat(2, "Bread");
        addMessage(21, 2, "Bake at 220 °C with a little steam for the <b>crust</b>.");
        addChat(3, "Crème brûlée");
        addMessage(31, 3, "Straßenbahn und Größe; it's \"quoted\"");
    }

    void newestHitOfEachChatComesFirst()
    {
        const QList<SearchHit> hits = find("steam");
        QCOMPARE(hits.size(), 2);
        QCOMPARE(hits.at(0).messageId, 21);
        QCOMPARE(hits.at(1).messageId, 12);
    }

    void snippetIsMarkedAndHarmless()
    {
        QCOMPARE(
            find("crust").first().snippet,
            QStringLiteral("Bake at 220 °C with a little steam for the &lt;b&gt;<b>crust</b>&lt;/b&gt;."));
    }

    void findsWhatOneTypes_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QList<qint64>>("chats");
        QTest::newRow("beginning of a word") << QStringLiteral("pis") << QList<qint64>{1};
        QTest::newRow("several words, any order") << QStringLiteral("crust bake") << QList<qint64>{2};
        QTest::newRow("upper case") << QStringLiteral("PISTON") << QList<qint64>{1};
        QTest::newRow("without accents") << QStringLiteral("grosse") << QList<qint64>{};
        QTest::newRow("umlaut without dots") << QStringLiteral("große") << QList<qint64>{3};
        QTest::newRow("title only") << QStringLiteral("brûlée") << QList<qint64>{3};
        QTest::newRow("operators are words") << QStringLiteral("steam OR bread") << QList<qint64>{};
        QTest::newRow("quotes do no harm") << QStringLiteral("\"quoted\" it's") << QList<qint64>{3};
        QTest::newRow("punctuation alone") << QStringLiteral("* - \"") << QList<qint64>{};
        QTest::newRow("blank") << QStringLiteral("  ") << QList<qint64>{};
    }
    void findsWhatOneTypes()
    {
        QFETCH(QString, typed);
        QList<qint64> chats;
        for (const SearchHit& hit : searchMessages(*m_database, typed, 100, [] { return false; }))
            chats.append(hit.chatId);
        QTEST(chats, "chats");
    }

    void indexFollowsChanges()
    {
        MessageRecord message = loadMessages(*m_database, 1).last();
        message.text = QStringLiteral("The boiler feeds the cylinder.");
        saveMessage(*m_database, message);
        QCOMPARE(find("piston").size(), 0);
        QCOMPARE(find("cylinder").size(), 1);
        removeMessages(*m_database, {message.id});
        QCOMPARE(find("cylinder").size(), 0);
    }

    void trashIsNotSearched()
    {
        ChatRecord chat = loadChats(*m_database).at(1);
        chat.trashedAt = QDateTime::currentDateTime();
        saveChat(*m_database, chat);
        QCOMPARE(find("steam").size(), 1);
    }

    void cancelledSearchStops()
    {
        QVERIFY(searchMessages(*m_database, QStringLiteral("steam"), 100, [] { return true; }).size() < 2);
    }

private:
    QList<SearchHit> find(const char* typed)
    {
        return searchMessages(*m_database, QString::fromUtf8(typed), 100, [] { return false; });
    }

    void addChat(qint64 id, const char* title)
    {
        ChatRecord chat;
        chat.id = id;
        chat.title = QString::fromUtf8(title);
        chat.createdAt = chat.updatedAt = QDateTime::fromMSecsSinceEpoch(id);
        saveChat(*m_database, chat);
    }

    void addMessage(qint64 id, qint64 chatId, const char* text)
    {
        MessageRecord message;
        message.id = id;
        message.chatId = chatId;
        message.role = QStringLiteral("user");
        message.text = QString::fromUtf8(text);
        saveMessage(*m_database, message);
    }

    std::unique_ptr<SQLite::Database> m_database;
};

QTEST_GUILESS_MAIN(SearchTest)
#include "search_test.moc"
