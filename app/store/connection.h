// Opening the database file, and what its errors mean for a person.
#pragma once

#include "store/records.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <memory>

struct Connection {
    std::unique_ptr<SQLite::Database> database; ///< null when it could not be opened at all
    StoreProblem problem; ///< ReadOnly may come with a database that can be read
};

/// Opens or makes the file, in write-ahead mode, with the latest schema. Waits at most
/// `busyTimeoutMs` for another process.
[[nodiscard]] Connection openConnection(const QString& file, int busyTimeoutMs);

[[nodiscard]] StoreProblem problemOf(const SQLite::Exception& exception, const QString& file);

/// The file is there but it, or the folder that holds its journals, cannot be written.
[[nodiscard]] bool isReadOnly(const QString& file);

/// Moves the file and its journals aside, to "<file>.damaged-<time>". Returns the new name, or an
/// empty string when the file could not be moved.
[[nodiscard]] QString moveDatabaseAside(const QString& file);
