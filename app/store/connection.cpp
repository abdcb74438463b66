#include "store/connection.h"

#include "store/migrations.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QUrl>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Store", text);
}

StoreProblem describe(StoreProblem::Kind kind, const QString& file)
{
    const QString path = QDir::toNativeSeparators(file);
    switch (kind) {
    case StoreProblem::None:
        return {};
    case StoreProblem::Locked:
        return {kind, tr("The chats in %1 are locked by another program.").arg(path),
                tr("Close the other window or program that uses them; saving resumes by itself.")};
    case StoreProblem::ReadOnly:
        return {kind, tr("The chats in %1 can be read but not changed.").arg(path),
                tr("Allow writing to this file and its folder; saving resumes by itself.")};
    case StoreProblem::Full:
        return {kind, tr("There is no space left on the disk that holds %1.").arg(path),
                tr("Free some space; saving resumes by itself.")};
    case StoreProblem::Damaged:
        return {kind, tr("The chats in %1 are damaged.").arg(path),
                tr("Start with an empty list of chats; the damaged file is kept beside the new one.")};
    case StoreProblem::TooNew:
        return {kind, tr("The chats in %1 were written by a later version of ROCmForge.").arg(path),
                tr("Install that version or a later one.")};
    case StoreProblem::Unavailable:
        break;
    }
    return {StoreProblem::Unavailable, tr("The chats in %1 cannot be opened.").arg(path),
            tr("Check that the folder exists and can be written; saving resumes by itself.")};
}

StoreProblem::Kind kindOf(int code)
{
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return StoreProblem::Locked;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return StoreProblem::ReadOnly;
    case SQLITE_FULL:
        return StoreProblem::Full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return StoreProblem::Damaged;
    default:
        return StoreProblem::Unavailable;
    }
}

std::unique_ptr<SQLite::Database> openForWriting(const QString& file, int busyTimeoutMs)
{
    auto database = std::make_unique<SQLite::Database>(
        QFile::encodeName(file).toStdString(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busyTimeoutMs);
    // In write-ahead mode a commit survives the death of this process without waiting for the
    // disk; synchronous=NORMAL waits only at checkpoints.
    database->exec("PRAGMA journal_mode = WAL");
    database->exec("PRAGMA synchronous = NORMAL");
    database->exec("PRAGMA foreign_keys = ON");
    return database;
}

/// Write-ahead databases need a writable folder even for reading, unless opened as immutable.
std::unique_ptr<SQLite::Database> openForReading(const QString& file)
{
    const QString uri =
        QString::fromLatin1(QUrl::fromLocalFile(file).toEncoded()) + QLatin1String("?immutable=1");
    auto database =
        std::make_unique<SQLite::Database>(uri.toStdString(), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    if (schemaVersion(*database) != latestSchemaVersion())
        return nullptr;
    return database;
}

Connection openReadOnly(const QString& file)
{
    Connection connection{nullptr, describe(StoreProblem::ReadOnly, file)};
    try {
        connection.database = openForReading(file);
    } catch (const SQLite::Exception& exception) {
        connection.problem = problemOf(exception, file);
    }
    return connection;
}

} // namespace

StoreProblem problemOf(const SQLite::Exception& exception, const QString& file)
{
    return describe(kindOf(exception.getErrorCode()), file);
}

Connection openConnection(const QString& file, int busyTimeoutMs)
{
    QDir().mkpath(QFileInfo(file).path());
    if (isReadOnly(file))
        return openReadOnly(file);
    try {
        auto database = openForWriting(file, busyTimeoutMs);
        if (schemaVersion(*database) > latestSchemaVersion())
            return {nullptr, describe(StoreProblem::TooNew, file)};
        migrate(*database);
        return {std::move(database), {}};
    } catch (const SQLite::Exception& exception) {
        return {nullptr, problemOf(exception, file)};
    }
}

bool isReadOnly(const QString& file)
{
    const auto allows = [](const QString& path, int mode) {
        return faccessat(AT_FDCWD, QFile::encodeName(path).constData(), mode, AT_EACCESS) == 0;
    };
    return allows(file, R_OK) && !(allows(file, W_OK) && allows(QFileInfo(file).path(), W_OK));
}

QString moveDatabaseAside(const QString& file)
{
    const QString stamp = QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    const QString aside = file + QLatin1String(".damaged-") + stamp;
    if (!QFile::rename(file, aside))
        return {};
    for (const QLatin1String journal : {QLatin1String("-wal"), QLatin1String("-shm")})
        QFile::rename(file + journal, aside + journal);
    return aside;
}
