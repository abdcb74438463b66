// The values the store keeps, as they travel between threads.
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QJsonObject>
#include <QtCore/QList>
#include <QtCore/QMetaType>
#include <QtCore/QString>

/// Ids are microseconds since the epoch, made unique: known before the store has written anything,
/// exact in QML's numbers, and in order of time.
[[nodiscard]] qint64 newRecordId();

struct ChatRecord {
    qint64 id = 0;
    QString title; ///< empty until the first message
    bool pinned = false;
    QDateTime createdAt;
    QDateTime updatedAt; ///< of the last message
    QDateTime trashedAt; ///< null = not in the trash
    QString preview; ///< the beginning of the last message, one line
    QString systemPrompt;
    QString draft;
    QJsonObject sampling; ///< SamplingSettings::toJson()
    qint64 activeRoot = 0; ///< first message of the active branch; 0 = none

    friend bool operator==(const ChatRecord&, const ChatRecord&) = default;
};

struct MessageRecord {
    qint64 id = 0;
    qint64 chatId = 0;
    qint64 parentId = 0; ///< 0 = a first message
    qint64 activeChild = 0; ///< the branch shown after this message; 0 = none
    QString role; ///< "user" or "assistant"
    QString thinking; ///< of an answer; empty where the model shows none
    QString text; ///< as typed, or as generated
    QJsonObject details; ///< see MessageListModel
    QString error; ///< why the answer failed, with the remedy; empty otherwise

    friend bool operator==(const MessageRecord&, const MessageRecord&) = default;
};

struct SearchHit {
    qint64 chatId = 0;
    qint64 messageId = 0; ///< 0 = the title matches
    QString snippet; ///< rich text, the words found in <b>…</b>

    friend bool operator==(const SearchHit&, const SearchHit&) = default;
};

/// Why the database cannot be used just now.
struct StoreProblem {
    enum Kind {
        None,
        Locked, ///< another process writes
        ReadOnly,
        Full, ///< no space on the disk
        Damaged, ///< not a database, or an inconsistent one
        TooNew, ///< written by a later version
        Unavailable, ///< anything else: no directory, input/output errors
    };
    Kind kind = None;
    QString text; ///< one sentence for a person
    QString remedy;

    friend bool operator==(const StoreProblem&, const StoreProblem&) = default;
};

Q_DECLARE_METATYPE(ChatRecord)
Q_DECLARE_METATYPE(MessageRecord)
Q_DECLARE_METATYPE(SearchHit)
Q_DECLARE_METATYPE(StoreProblem)
