#include "store/tables.h"

#include <QtCore/QHash>
#include <QtCore/QJsonDocument>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

namespace {

QString text(const SQLite::Column& column)
{
    return QString::fromUtf8(column.getText(), column.getBytes());
}

QJsonObject json(const SQLite::Column& column)
{
    return QJsonDocument::fromJson(QByteArray(column.getText(), column.getBytes())).object();
}

QDateTime time(const SQLite::Column& column)
{
    return column.isNull() ? QDateTime() : QDateTime::fromMSecsSinceEpoch(column.getInt64());
}

void bind(SQLite::Statement& statement, int index, const QString& value)
{
    statement.bind(index, value.toStdString());
}

void bind(SQLite::Statement& statement, int index, const QJsonObject& value)
{
    statement.bind(index, QJsonDocument(value).toJson(QJsonDocument::Compact).toStdString());
}

void bind(SQLite::Statement& statement, int index, const QDateTime& value)
{
    if (value.isValid())
        statement.bind(index, int64_t(value.toMSecsSinceEpoch()));
    else
        statement.bind(index);
}

void bindId(SQLite::Statement& statement, int index, qint64 id)
{
    if (id != 0)
        statement.bind(index, int64_t(id));
    else
        statement.bind(index);
}

ChatRecord readChat(SQLite::Statement& row)
{
    ChatRecord chat;
    chat.id = row.getColumn(0).getInt64();
    chat.title = text(row.getColumn(1));
    chat.pinned = row.getColumn(2).getInt() != 0;
    chat.createdAt = time(row.getColumn(3));
    chat.updatedAt = time(row.getColumn(4));
    chat.trashedAt = time(row.getColumn(5));
    chat.preview = text(row.getColumn(6));
    chat.systemPrompt = text(row.getColumn(7));
    chat.draft = text(row.getColumn(8));
    chat.sampling = json(row.getColumn(9));
    chat.activeRoot = row.getColumn(10).getInt64();
    return chat;
}

MessageRecord readMessage(SQLite::Statement& row)
{
    MessageRecord message;
    message.id = row.getColumn(0).getInt64();
    message.chatId = row.getColumn(1).getInt64();
    message.parentId = row.getColumn(2).getInt64();
    message.activeChild = row.getColumn(3).getInt64();
    message.role = text(row.getColumn(4));
    message.thinking = text(row.getColumn(5));
    message.text = text(row.getColumn(6));
    message.details = json(row.getColumn(7));
    message.error = text(row.getColumn(8));
    return message;
}

} // namespace

QList<ChatRecord> loadChats(SQLite::Database& database)
{
    SQLite::Statement query(database,
                            "SELECT id, title, pinned, created_at, updated_at, trashed_at, preview, "
                            "system_prompt, draft, sampling, active_root "
                            "FROM chats WHERE trashed_at IS NULL ORDER BY updated_at DESC");
    QList<ChatRecord> chats;
    while (query.executeStep())
        chats.append(readChat(query));
    return chats;
}

void saveChat(SQLite::Database& database, const ChatRecord& chat)
{
    SQLite::Statement query(
        database,
        "INSERT INTO chats(id, title, pinned, created_at, updated_at, trashed_at, preview, "
        "system_prompt, draft, sampling, active_root) VALUES(?,?,?,?,?,?,?,?,?,?,?) "
        "ON CONFLICT(id) DO UPDATE SET title=excluded.title, pinned=excluded.pinned, "
        "updated_at=excluded.updated_at, trashed_at=excluded.trashed_at, "
        "preview=excluded.preview, system_prompt=excluded.system_prompt, "
        "draft=excluded.draft, sampling=excluded.sampling, "
        "active_root=excluded.active_root");
    bindId(query, 1, chat.id);
    bind(query, 2, chat.title);
    query.bind(3, chat.pinned ? 1 : 0);
    bind(query, 4, chat.createdAt);
    bind(query, 5, chat.updatedAt);
    bind(query, 6, chat.trashedAt);
    bind(query, 7, chat.preview);
    bind(query, 8, chat.systemPrompt);
    bind(query, 9, chat.draft);
    bind(query, 10, chat.sampling);
    bindId(query, 11, chat.activeRoot);
    query.exec();
}

void purgeTrash(SQLite::Database& database, const QDateTime& before)
{
    SQLite::Statement query(database, "DELETE FROM chats WHERE trashed_at < ?");
    bind(query, 1, before);
    query.exec();
}

ChatRecord duplicateChat(SQLite::Database& database, qint64 chatId, ChatRecord copy)
{
    QList<MessageRecord> messages = loadMessages(database, chatId);
    QHash<qint64, qint64> newIds;
    for (const MessageRecord& message : messages)
        newIds.insert(message.id, newRecordId());
    copy.activeRoot = newIds.value(copy.activeRoot);

    SQLite::Transaction transaction(database);
    saveChat(database, copy);
    for (MessageRecord& message : messages) {
        message.id = newIds.value(message.id);
        message.chatId = copy.id;
        message.parentId = newIds.value(message.parentId);
        message.activeChild = newIds.value(message.activeChild);
        saveMessage(database, message);
    }
    transaction.commit();
    return copy;
}

QList<MessageRecord> loadMessages(SQLite::Database& database, qint64 chatId)
{
    SQLite::Statement query(
        database,
        "SELECT id, chat_id, parent_id, active_child, role, thinking, text, details, error "
        "FROM messages WHERE chat_id = ? ORDER BY id");
    bindId(query, 1, chatId);
    QList<MessageRecord> messages;
    while (query.executeStep())
        messages.append(readMessage(query));
    return messages;
}

void saveMessage(SQLite::Database& database, const MessageRecord& message)
{
    SQLite::Statement query(
        database,
        "INSERT INTO messages(id, chat_id, parent_id, active_child, role, thinking, text, details, error) "
        "VALUES(?,?,?,?,?,?,?,?,?) "
        "ON CONFLICT(id) DO UPDATE SET active_child=excluded.active_child, "
        "thinking=excluded.thinking, text=excluded.text, details=excluded.details, error=excluded.error");
    bindId(query, 1, message.id);
    bindId(query, 2, message.chatId);
    bindId(query, 3, message.parentId);
    bindId(query, 4, message.activeChild);
    bind(query, 5, message.role);
    bind(query, 6, message.thinking);
    bind(query, 7, message.text);
    bind(query, 8, message.details);
    bind(query, 9, message.error);
    query.exec();
}

void removeMessages(SQLite::Database& database, const QList<qint64>& ids)
{
    SQLite::Transaction transaction(database);
    SQLite::Statement query(database, "DELETE FROM messages WHERE id = ?");
    for (const qint64 id : ids) {
        bindId(query, 1, id);
        query.exec();
        query.reset();
    }
    transaction.commit();
}
