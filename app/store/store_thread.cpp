#include "store/store_thread.h"

#include "logging.h"
#include "store/store.h"
#include "store/tables.h"

#include <sqlite3.h>

#include <chrono>

namespace {

constexpr int busyTimeoutMs = 2000;
constexpr std::chrono::milliseconds retryInterval{1000};
constexpr int trashDays = 30;
constexpr int mostChatsFound = 100;

/// Trying again cannot help: the write itself is wrong.
bool isHopeless(const SQLite::Exception& exception)
{
    return exception.getErrorCode() == SQLITE_CONSTRAINT || exception.getErrorCode() == SQLITE_TOOBIG;
}

} // namespace

StoreThread::StoreThread(QString file, Store& store, GuiQueue& replies)
    : m_file(std::move(file))
    , m_store(store)
    , m_replies(replies)
{
    setObjectName(QStringLiteral("store"));
}

StoreThread::~StoreThread()
{
    m_tasks.closeAndWait();
    wait();
}

void StoreThread::run()
{
    open();
    while (m_tasks.open()) {
        waitForTask();
        if (const TaskQueue::Task task = m_tasks.take())
            task();
        else if (blocked())
            retry();
    }
    retry();
    m_database.reset();
    m_tasks.retire();
}

void StoreThread::waitForTask()
{
    // What is damaged or too new does not heal by waiting.
    const bool mayHeal = m_problem.kind != StoreProblem::Damaged && m_problem.kind != StoreProblem::TooNew;
    if (blocked() && mayHeal)
        m_tasks.waitFor(retryInterval);
    else
        m_tasks.wait();
}

void StoreThread::open()
{
    Connection connection = openConnection(m_file, busyTimeoutMs);
    m_database = std::move(connection.database);
    setProblem(connection.problem);
    if (!m_database)
        return;
    setPageLimit(m_pageLimit);
    flush();
    if (!blocked())
        write(0, [](SQLite::Database& database) {
            purgeTrash(database, QDateTime::currentDateTime().addDays(-trashDays));
        });
    read([this](SQLite::Database& database) {
        reply([this, chats = loadChats(database)] { emit m_store.chatsLoaded(chats); });
    });
}

void StoreThread::write(qint64 key, Write write)
{
    if (key != 0 && !m_pending.empty() && m_pending.back().key == key)
        m_pending.back().write = std::move(write);
    else
        m_pending.push_back({key, std::move(write)});
    if (!blocked())
        flush();
}

void StoreThread::flush()
{
    while (m_database && !m_pending.empty() && attempt(m_pending.front()))
        m_pending.pop_front();
}

bool StoreThread::attempt(const PendingWrite& pending)
{
    try {
        pending.write(*m_database);
        setProblem({});
        return true;
    } catch (const SQLite::Exception& exception) {
        logger("store")->error("{} ({})", exception.what(), exception.getExtendedErrorCode());
        if (isHopeless(exception))
            return true;
        setProblem(problemOf(exception, m_file));
        return false;
    }
}

template <typename Read> void StoreThread::read(Read&& function)
{
    if (!m_database)
        return;
    try {
        function(*m_database);
    } catch (const SQLite::Exception& exception) {
        logger("store")->error("{} ({})", exception.what(), exception.getExtendedErrorCode());
        setProblem(problemOf(exception, m_file));
    }
}

void StoreThread::duplicate(qint64 chatId, const ChatRecord& copy)
{
    read([&](SQLite::Database& database) {
        reply([this, chat = duplicateChat(database, chatId, copy)] { emit m_store.chatDuplicated(chat); });
    });
}

void StoreThread::sendMessages(qint64 chatId)
{
    QList<MessageRecord> messages;
    read([&](SQLite::Database& database) { messages = loadMessages(database, chatId); });
    reply([this, chatId, messages] { emit m_store.messagesLoaded(chatId, messages); });
}

void StoreThread::search(int number, const QString& text)
{
    const auto outdated = [&] { return number != m_latestSearch; };
    if (outdated())
        return;
    read([&](SQLite::Database& database) {
        const QList<SearchHit> hits = searchMessages(database, text, mostChatsFound, outdated);
        if (!outdated())
            reply([this, text, hits] { emit m_store.searchFinished(text, hits); });
    });
}

void StoreThread::retry()
{
    if (!blocked() || (m_problem.kind == StoreProblem::ReadOnly && isReadOnly(m_file)))
        return;
    if (!m_database || m_problem.kind == StoreProblem::ReadOnly)
        open();
    else
        flush();
}

void StoreThread::startFresh()
{
    if (m_problem.kind != StoreProblem::Damaged)
        return;
    m_database.reset();
    const QString aside = moveDatabaseAside(m_file);
    if (!aside.isEmpty())
        reply([this, aside] { emit m_store.movedAside(aside); });
    open();
}

void StoreThread::setPageLimit(int pages)
{
    m_pageLimit = pages;
    if (m_database)
        m_database->exec("PRAGMA max_page_count = " + std::to_string(pages > 0 ? pages : 1073741823));
}

void StoreThread::setProblem(const StoreProblem& problem)
{
    if (problem == m_problem)
        return;
    m_problem = problem;
    if (blocked())
        logger("store")->warn("{}", problem.text.toStdString());
    reply([this, problem] { emit m_store.problemChanged(problem); });
}
