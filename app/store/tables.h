// The statements on an open database. Store thread; all throw SQLite::Exception.
#pragma once

#include "store/records.h"

#include <SQLiteCpp/Database.h>

#include <functional>

/// Chats outside the trash, newest first.
[[nodiscard]] QList<ChatRecord> loadChats(SQLite::Database& database);
/// Inserts or replaces; messages are untouched.
void saveChat(SQLite::Database& database, const ChatRecord& chat);
/// Deletes for good what lies in the trash since before `time`.
void purgeTrash(SQLite::Database& database, const QDateTime& time);
/// Copies all messages of a chat, under new ids, to `copy`, which is saved with its activeRoot set.
[[nodiscard]] ChatRecord duplicateChat(SQLite::Database& database, qint64 chatId, ChatRecord copy);

/// Every branch, in order of time.
[[nodiscard]] QList<MessageRecord> loadMessages(SQLite::Database& database, qint64 chatId);
/// Inserts or replaces.
void saveMessage(SQLite::Database& database, const MessageRecord& message);
void removeMessages(SQLite::Database& database, const QList<qint64>& ids);

/// Words or beginnings of words in any message or title: the newest hit of each chat, newest first,
/// at most `limit` chats. `cancelled` is asked now and then.
[[nodiscard]] QList<SearchHit> searchMessages(SQLite::Database& database, const QString& text, int limit,
                                              const std::function<bool()>& cancelled);
