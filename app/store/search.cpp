// Full-text search over the messages, and by title over the chats.
#include "store/tables.h"

#include <QtCore/QRegularExpression>
#include <QtCore/QSet>
#include <QtCore/QStringList>

#include <SQLiteCpp/Statement.h>

namespace {

// Marks that cannot be typed stand for <b> and </b> until the text between them is escaped.
constexpr QChar hitBegin(2);
constexpr QChar hitEnd(3);

/// "big ca" → "big"* "ca"*: every word, the last one perhaps unfinished.
QString matchExpression(const QString& typed)
{
    QStringList terms;
    for (QString word : typed.split(QRegularExpression(QStringLiteral("\\s+")), Qt::SkipEmptyParts))
        terms +=
            QLatin1Char('"') + word.replace(QLatin1Char('"'), QLatin1String("\"\"")) + QLatin1String("\"*");
    return terms.join(QLatin1Char(' '));
}

QString snippetHtml(const QString& marked)
{
    QString html = marked.simplified().toHtmlEscaped();
    html.replace(hitBegin, QLatin1String("<b>"));
    html.replace(hitEnd, QLatin1String("</b>"));
    return html;
}

QString snippetOf(SQLite::Database& database, const std::string& match, qint64 messageId)
{
    SQLite::Statement query(database,
                            "SELECT snippet(message_search, 0, char(2), char(3), '…', 14) "
                            "FROM message_search WHERE message_search MATCH ? AND rowid = ?");
    query.bind(1, match);
    query.bind(2, int64_t(messageId));
    return query.executeStep() ? snippetHtml(QString::fromStdString(query.getColumn(0).getString()))
                               : QString();
}

QList<SearchHit> titleHits(SQLite::Database& database, const QString& typed, int limit)
{
    SQLite::Statement query(
        database,
        "SELECT id, preview FROM chats WHERE trashed_at IS NULL AND instr(lower(title), ?) "
        "ORDER BY updated_at DESC LIMIT ?");
    query.bind(1, typed.trimmed().toLower().toStdString());
    query.bind(2, limit);
    QList<SearchHit> hits;
    while (query.executeStep())
        hits.append({query.getColumn(0).getInt64(), 0,
                     QString::fromStdString(query.getColumn(1).getString()).toHtmlEscaped()});
    return hits;
}

QList<SearchHit> newestHitPerChat(SQLite::Database& database, const std::string& match, int limit,
                                  const std::function<bool()>& cancelled)
{
    // Ids are in order of time, so the index itself delivers the newest first and stops early.
    SQLite::Statement query(database,
                            "SELECT m.chat_id, m.id FROM message_search s JOIN messages m ON m.id = s.rowid "
                            "JOIN chats c ON c.id = m.chat_id "
                            "WHERE message_search MATCH ? AND c.trashed_at IS NULL ORDER BY s.rowid DESC");
    query.bind(1, match);
    QList<SearchHit> hits;
    QSet<qint64> seen;
    while (hits.size() < limit && !cancelled() && query.executeStep()) {
        const qint64 chatId = query.getColumn(0).getInt64();
        if (seen.contains(chatId))
            continue;
        seen.insert(chatId);
        hits.append({chatId, query.getColumn(1).getInt64(), {}});
    }
    return hits;
}

} // namespace

QList<SearchHit> searchMessages(SQLite::Database& database, const QString& text, int limit,
                                const std::function<bool()>& cancelled)
{
    const std::string match = matchExpression(text).toStdString();
    if (match.empty())
        return {};
    QList<SearchHit> hits = newestHitPerChat(database, match, limit, cancelled);
    QSet<qint64> seen;
    for (SearchHit& hit : hits) {
        seen.insert(hit.chatId);
        hit.snippet = snippetOf(database, match, hit.messageId);
    }
    for (const SearchHit& hit : titleHits(database, text, limit)) {
        if (!seen.contains(hit.chatId))
            hits.append(hit);
    }
    return hits;
}
