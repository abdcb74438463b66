#include "store/migrations.h"
#include "store/store.h"
#include "store/tables.h"

#include <QtTest>

#include <SQLiteCpp/SQLiteCpp.h>

#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr int patienceMs = 20'000;

ChatRecord chat(qint64 id, const char* title = "chat")
{
    ChatRecord made;
    made.id = id;
    made.title = QString::fromUtf8(title);
    made.createdAt = made.updatedAt = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + id);
    made.preview = QStringLiteral("preview");
    made.systemPrompt = QStringLiteral("be kind");
    made.draft = QStringLiteral("half a sent");
    made.sampling = {{QStringLiteral("topK"), 7}};
    made.activeRoot = 10;
    return made;
}

MessageRecord message(qint64 id, qint64 parentId = 0, qint64 chatId = 1)
{
    MessageRecord made;
    made.id = id;
    made.chatId = chatId;
    made.parentId = parentId;
    made.activeChild = id + 1;
    made.role = QStringLiteral("assistant");
    made.thinking = QStringLiteral("hm");
    made.text = QStringLiteral("text ☃ %1").arg(id);
    made.details = {{QStringLiteral("seed"), QStringLiteral("18446744073709551615")}};
    made.error = QStringLiteral("failed");
    return made;
}

/// A store with what it has told so far.
struct OpenStore {
    explicit OpenStore(const QString& file)
        : store(file)
    {
        QObject::connect(&store, &Store::chatsLoaded, [this](const auto& loaded) {
            chats = loaded;
            ++loads;
        });
        QObject::connect(&store, &Store::messagesLoaded,
                         [this](qint64, const auto& loaded) { messages = loaded; });
        QObject::connect(&store, &Store::problemChanged, [this](const auto& now) { problem = now; });
        QObject::connect(&store, &Store::movedAside, [this](const QString& kept) { aside = kept; });
    }

    /// All calls so far have been worked on.
    void settle()
    {
        bool done = false;
        store.afterWrites([&] { done = true; });
        QTRY_VERIFY_WITH_TIMEOUT(done, patienceMs);
    }

    QList<MessageRecord> messagesOf(qint64 chatId)
    {
        messages.clear();
        store.requestMessages(chatId);
        settle();
        return messages;
    }

    Store store;
    QList<ChatRecord> chats;
    int loads = 0;
    QList<MessageRecord> messages;
    StoreProblem problem;
    QString aside;
};

/// Root may write anywhere: for a while this process is nobody.
class Unprivileged {
public:
    Unprivileged()
        : m_wasRoot(geteuid() == 0)
    {
        if (m_wasRoot && seteuid(65534) != 0)
            m_wasRoot = false;
    }
    ~Unprivileged()
    {
        if (m_wasRoot && seteuid(0) != 0)
            qFatal("cannot become root again");
    }
    Q_DISABLE_COPY_MOVE(Unprivileged)

private:
    bool m_wasRoot;
};

void setMode(const QString& path, mode_t mode)
{
    QCOMPARE(chmod(QFile::encodeName(path).constData(), mode), 0);
}

} // namespace

class StoreTest : public QObject {
    Q_OBJECT

private slots:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_file = m_directory->filePath(QStringLiteral("chats.db"));
    }

    void recordsComeBackAsTheyWere()
    {
        {
            OpenStore open(m_file);
            open.store.saveChat(chat(1));
            open.store.saveMessage(message(10));
            open.store.saveMessage(message(11, 10));
        }
        OpenStore open(m_file);
        QTRY_COMPARE_WITH_TIMEOUT(open.loads, 1, patienceMs);
        QCOMPARE(open.chats, (QList<ChatRecord>{chat(1)}));
        QCOMPARE(open.messagesOf(1), (QList<MessageRecord>{message(10), message(11, 10)}));
        QVERIFY(open.messagesOf(2).isEmpty());
    }

    void laterSaveReplacesTheEarlier()
    {
        OpenStore open(m_file);
        open.store.saveChat(chat(1));
        MessageRecord growing = message(10);
        for (const char* text : {"a", "ab", "abc"}) {
            growing.text = QString::fromLatin1(text);
            open.store.saveMessage(growing);
        }
        QCOMPARE(open.messagesOf(1), (QList<MessageRecord>{growing}));
    }

    void removedMessagesAreGone()
    {
        OpenStore open(m_file);
        open.store.saveChat(chat(1));
        for (const qint64 id : {10, 11, 12})
            open.store.saveMessage(message(id));
        open.store.removeMessages({10, 12});
        QCOMPARE(open.messagesOf(1), (QList<MessageRecord>{message(11)}));
    }

    void duplicateHasItsOwnMessages()
    {
        OpenStore open(m_file);
        open.store.saveChat(chat(1));
        open.store.saveMessage(message(10));
        open.store.saveMessage(message(11, 10));
        ChatRecord copy;
        connect(&open.store, &Store::chatDuplicated, this, [&](const ChatRecord& made) { copy = made; });
        open.store.duplicateChat(1, chat(2, "copy"));
        open.settle();
        const QList<MessageRecord> messages = open.messagesOf(2);
        QCOMPARE(messages.size(), 2);
        QCOMPARE(copy.activeRoot, messages.at(0).id);
        QCOMPARE(messages.at(0).activeChild, messages.at(1).id);
        QCOMPARE(messages.at(1).parentId, messages.at(0).id);
        QCOMPARE(messages.at(1).text, message(11).text);
        QCOMPARE(open.messagesOf(1).size(), 2);
    }

    void trashIsHiddenAndEmptiedAfterAMonth()
    {
        {
            OpenStore open(m_file);
            ChatRecord fresh = chat(1);
            fresh.trashedAt = QDateTime::currentDateTime().addDays(-29);
            ChatRecord old = chat(2);
            old.trashedAt = QDateTime::currentDateTime().addDays(-31);
            open.store.saveChat(fresh);
            open.store.saveChat(old);
            open.store.saveMessage(message(10, 0, 1));
            open.store.saveMessage(message(20, 0, 2));
        }
        OpenStore open(m_file);
        QTRY_COMPARE_WITH_TIMEOUT(open.loads, 1, patienceMs);
        QVERIFY(open.chats.isEmpty());
        QCOMPARE(open.messagesOf(1).size(), 1);
        QCOMPARE(open.messagesOf(2).size(), 0);
    }

    void oldSchemaIsMigratedWithABackup()
    {
        {
            SQLite::Database old(m_file.toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            migrate(old, 1);
            QCOMPARE(schemaVersion(old), 1);
            saveChat(old, chat(1));
            saveMessage(old, message(10));
        }
        {
            OpenStore open(m_file);
            QList<SearchHit> hits;
            connect(&open.store, &Store::searchFinished, this,
                    [&](const QString&, const auto& found) { hits = found; });
            open.store.search(QStringLiteral("text"));
            open.settle();
            QCOMPARE(hits.size(), 1); // what was there before the index
            QCOMPARE(open.messagesOf(1), (QList<MessageRecord>{message(10)}));
        }
        SQLite::Database backup(m_file.toStdString() + ".v1.backup");
        QCOMPARE(schemaVersion(backup), 1);
        QCOMPARE(loadMessages(backup, 1), (QList<MessageRecord>{message(10)}));
        SQLite::Database migrated(m_file.toStdString());
        QCOMPARE(schemaVersion(migrated), latestSchemaVersion());
    }

    void newDatabaseNeedsNoBackup()
    {
        OpenStore(m_file).settle();
        QCOMPARE(QDir(m_directory->path()).entryList({QStringLiteral("*.backup")}).size(), 0);
    }

    void laterVersionIsLeftAlone()
    {
        {
            SQLite::Database later(m_file.toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
            later.exec("PRAGMA user_version = 99");
        }
        OpenStore open(m_file);
        open.store.saveChat(chat(1));
        QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::TooNew, patienceMs);
        QVERIFY(!open.problem.text.isEmpty() && !open.problem.remedy.isEmpty());
        open.store.startFresh();
        open.settle();
        QVERIFY(open.aside.isEmpty());
    }

    void lockedDatabaseIsWrittenOnceItIsFree()
    {
        OpenStore(m_file).settle();
        SQLite::Database other(m_file.toStdString(), SQLite::OPEN_READWRITE);
        other.exec("BEGIN IMMEDIATE");
        OpenStore open(m_file);
        open.store.saveChat(chat(1));
        QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::Locked, patienceMs);
        open.store.saveMessage(message(10));
        other.exec("COMMIT");
        QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::None, patienceMs);
        QCOMPARE(open.messagesOf(1), (QList<MessageRecord>{message(10)}));
    }

    void readOnlyDatabaseIsShownAndWrittenOnceItMay()
    {
        {
            OpenStore open(m_file);
            open.store.saveChat(chat(1));
            open.store.saveMessage(message(10));
        }
        setMode(m_file, 0444);
        setMode(m_directory->path(), 0555);
        {
            std::optional<Unprivileged> unprivileged(std::in_place);
            OpenStore open(m_file);
            QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::ReadOnly, patienceMs);
            QTRY_COMPARE_WITH_TIMEOUT(open.chats.size(), 1, patienceMs);
            QCOMPARE(open.messagesOf(1).size(), 1);
            open.store.saveMessage(message(11, 10));
            open.settle();
            QCOMPARE(open.messagesOf(1).size(), 1);
            unprivileged.reset();
            setMode(m_directory->path(), 0755);
            setMode(m_file, 0644);
            QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::None, patienceMs);
            QCOMPARE(open.messagesOf(1).size(), 2);
        }
    }

    void damagedDatabaseIsKeptAsideWhenAFreshOneIsWanted_data()
    {
        QTest::addColumn<bool>("header");
        QTest::newRow("not a database") << true;
        QTest::newRow("damaged inside") << false;
    }
    void damagedDatabaseIsKeptAsideWhenAFreshOneIsWanted()
    {
        QFETCH(bool, header);
        {
            OpenStore open(m_file);
            open.store.saveChat(chat(1));
        }
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(header ? 0 : 100));
        file.write(QByteArray(header ? 100 : int(file.size()) - 100, 'x'));
        file.close();

        OpenStore open(m_file);
        QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::Damaged, patienceMs);
        open.store.saveChat(chat(2));
        open.store.saveMessage(message(20, 0, 2));
        open.settle();
        QVERIFY(open.aside.isEmpty()); // not before it is asked for
        open.store.startFresh();
        QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::None, patienceMs);
        QVERIFY(QFile::exists(open.aside));
        QCOMPARE(open.messagesOf(2), (QList<MessageRecord>{message(20, 0, 2)}));
    }

    void fullDiskLosesNothing()
    {
        OpenStore open(m_file);
        open.store.saveChat(chat(1));
        open.settle();
        open.store.setPageLimit(20);
        MessageRecord large = message(10);
        large.text = QString(200'000, QLatin1Char('x'));
        open.store.saveMessage(large);
        open.store.saveMessage(message(11));
        QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::Full, patienceMs);
        QVERIFY(open.messagesOf(1).isEmpty());
        open.store.setPageLimit(0);
        QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::None, patienceMs);
        QCOMPARE(open.messagesOf(1), (QList<MessageRecord>{large, message(11)}));
    }

    void writeThatCanNeverSucceedDoesNotBlockTheOthers()
    {
        OpenStore open(m_file);
        open.store.saveChat(chat(1));
        open.store.saveMessage(message(10, 0, 77)); // of a chat that does not exist
        open.store.saveMessage(message(11));
        QCOMPARE(open.messagesOf(1), (QList<MessageRecord>{message(11)}));
        QCOMPARE(open.problem.kind, StoreProblem::None);
    }

    void folderThatCannotBeMadeIsAProblemNotAnEnd()
    {
        QFile blocker(m_directory->filePath(QStringLiteral("file")));
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        OpenStore open(blocker.fileName() + QStringLiteral("/chats.db"));
        QTRY_COMPARE_WITH_TIMEOUT(open.problem.kind, StoreProblem::Unavailable, patienceMs);
        open.store.saveChat(chat(1));
        open.settle();
    }

    void idsAreUniqueAndInOrder()
    {
        qint64 previous = 0;
        for (int i = 0; i < 10'000; ++i) {
            const qint64 id = newRecordId();
            QVERIFY(id > previous);
            previous = id;
        }
        QVERIFY(previous < (qint64(1) << 53));
    }

private:
    std::unique_ptr<QTemporaryDir> m_directory;
    QString m_file;
};

QTEST_GUILESS_MAIN(StoreTest)
#include "store_test.moc"
