#include "store/migrations.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <array>
#include <string>

namespace {

// Ids are microseconds since the epoch, times milliseconds; parent_id and active_child are NULL
// where there is none.
constexpr const char* chatsAndMessages = R"sql(
CREATE TABLE chats (
    id            INTEGER PRIMARY KEY,
    title         TEXT NOT NULL,
    pinned        INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    trashed_at    INTEGER,
    preview       TEXT NOT NULL,
    system_prompt TEXT NOT NULL,
    draft         TEXT NOT NULL,
    sampling      TEXT NOT NULL,
    active_root   INTEGER
);
CREATE TABLE messages (
    id           INTEGER PRIMARY KEY,
    chat_id      INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
    parent_id    INTEGER,
    active_child INTEGER,
    role         TEXT NOT NULL,
    thinking     TEXT NOT NULL,
    text         TEXT NOT NULL,
    details      TEXT NOT NULL,
    error        TEXT NOT NULL
);
CREATE INDEX messages_of_chat ON messages(chat_id);
)sql";

constexpr const char* fullTextSearch = R"sql(
CREATE VIRTUAL TABLE message_search USING fts5(
    text, content='messages', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3'
);
CREATE TRIGGER message_inserted AFTER INSERT ON messages BEGIN
    INSERT INTO message_search(rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER message_deleted AFTER DELETE ON messages BEGIN
    INSERT INTO message_search(message_search, rowid, text) VALUES ('delete', old.id, old.text);
END;
CREATE TRIGGER message_changed AFTER UPDATE OF text ON messages WHEN old.text IS NOT new.text BEGIN
    INSERT INTO message_search(message_search, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO message_search(rowid, text) VALUES (new.id, new.text);
END;
INSERT INTO message_search(message_search) VALUES ('rebuild');
)sql";

constexpr std::array steps = {chatsAndMessages, fullTextSearch};

void backUp(SQLite::Database& database, int version)
{
    const std::string file = database.getFilename() + ".v" + std::to_string(version) + ".backup";
    SQLite::Database copy(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    if (SQLite::Backup(copy, database).executeStep() != SQLITE_DONE)
        throw SQLite::Exception("the backup before a migration is incomplete", SQLITE_BUSY);
}

} // namespace

int latestSchemaVersion()
{
    return int(steps.size());
}

int schemaVersion(SQLite::Database& database)
{
    return database.execAndGet("PRAGMA user_version").getInt();
}

void migrate(SQLite::Database& database, int target)
{
    const bool isInUse = schemaVersion(database) > 0;
    for (int version = schemaVersion(database); version < target; ++version) {
        if (isInUse)
            backUp(database, version);
        SQLite::Transaction transaction(database);
        database.exec(steps.at(size_t(version)));
        database.exec("PRAGMA user_version = " + std::to_string(version + 1));
        transaction.commit();
    }
}
