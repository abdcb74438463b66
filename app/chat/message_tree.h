// The messages of a chat as a tree: edits and regenerations are siblings, the active branch is what
// the window shows.
#pragma once

#include "store/records.h"

#include <QtCore/QHash>

/// A value; knows nothing of the store. Parent 0 stands above the first messages.
class MessageTree {
public:
    /// Replaces everything. Messages whose parent is missing are left out.
    void load(qint64 activeRoot, const QList<MessageRecord>& messages);

    [[nodiscard]] bool isEmpty() const { return m_messages.isEmpty(); }
    /// Null when there is no such message. Valid until the next change of the tree.
    [[nodiscard]] const MessageRecord* find(qint64 id) const;
    [[nodiscard]] MessageRecord* find(qint64 id);

    /// First message of the active branch; 0 = none.
    [[nodiscard]] qint64 activeRoot() const { return m_activeRoot; }
    /// Ids from the first message down to the last active one.
    [[nodiscard]] QList<qint64> activeBranch() const;
    /// Ids from the first message down to this one.
    [[nodiscard]] QList<qint64> branchTo(qint64 id) const;
    /// The alternatives of a message, itself included, oldest first.
    [[nodiscard]] QList<qint64> siblings(qint64 id) const;

    /// Adds a message under its parentId and makes it active there.
    void add(const MessageRecord& message);
    /// Makes the message the active one among its siblings.
    void select(qint64 id);
    /// Removes a message and all below it; a neighbour becomes active. Returns what was removed.
    QList<qint64> remove(qint64 id);

private:
    [[nodiscard]] qint64 activeChildOf(qint64 parentId) const;
    void setActiveChild(qint64 parentId, qint64 childId);
    void dropUnreachable();
    [[nodiscard]] QList<qint64> subtree(qint64 id) const;

    QHash<qint64, MessageRecord> m_messages;
    QHash<qint64, QList<qint64>> m_children; ///< by parent; oldest first
    qint64 m_activeRoot = 0;
};
