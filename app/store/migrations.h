// The database's schema, one step per version. Steps are only ever added.
#pragma once

namespace SQLite {
class Database;
}

/// PRAGMA user_version of the schema this application reads and writes.
[[nodiscard]] int latestSchemaVersion();
[[nodiscard]] int schemaVersion(SQLite::Database& database);

/// Brings the schema up to `target`, each step in its own transaction. Before a step that changes
/// a schema already in use, the whole database is copied to "<file>.v<version>.backup".
/// Throws SQLite::Exception; the database is then at the version of the last step that succeeded.
void migrate(SQLite::Database& database, int target = latestSchemaVersion());
