#include "store/store.h"

#include "store/tables.h"

Store::Store(const QString& file, QObject* parent)
    : QObject(parent)
    , m_thread(file, *this, m_replies)
{
    m_thread.start();
}

Store::~Store() = default;

void Store::saveChat(const ChatRecord& chat)
{
    m_thread.post([this, chat] {
        m_thread.write(chat.id, [chat](SQLite::Database& database) { ::saveChat(database, chat); });
    });
}

void Store::saveMessage(const MessageRecord& message)
{
    m_thread.post([this, message] {
        m_thread.write(message.id,
                       [message](SQLite::Database& database) { ::saveMessage(database, message); });
    });
}

void Store::removeMessages(const QList<qint64>& ids)
{
    m_thread.post([this, ids] {
        m_thread.write(0, [ids](SQLite::Database& database) { ::removeMessages(database, ids); });
    });
}

void Store::duplicateChat(qint64 chatId, const ChatRecord& copy)
{
    m_thread.post([this, chatId, copy] { m_thread.duplicate(chatId, copy); });
}

void Store::requestMessages(qint64 chatId)
{
    m_thread.post([this, chatId] { m_thread.sendMessages(chatId); });
}

void Store::search(const QString& text)
{
    m_thread.post([this, number = m_thread.nextSearch(), text] { m_thread.search(number, text); });
}

void Store::afterWrites(std::function<void()> callback)
{
    m_thread.post([this, callback = std::move(callback)] { m_thread.reply(callback); });
}

void Store::retry()
{
    m_thread.post([this] { m_thread.retry(); });
}

void Store::startFresh()
{
    m_thread.post([this] { m_thread.startFresh(); });
}

void Store::setPageLimit(int pages)
{
    m_thread.post([this, pages] { m_thread.setPageLimit(pages); });
}
