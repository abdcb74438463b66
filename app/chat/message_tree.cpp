#include "chat/message_tree.h"

#include <algorithm>

void MessageTree::load(qint64 activeRoot, const QList<MessageRecord>& messages)
{
    m_messages.clear();
    m_children.clear();
    m_activeRoot = activeRoot;
    m_messages.reserve(messages.size());
    for (const MessageRecord& message : messages) {
        m_messages.insert(message.id, message);
        m_children[message.parentId].append(message.id);
    }
    dropUnreachable();
}

void MessageTree::dropUnreachable()
{
    QHash<qint64, MessageRecord> reachable;
    reachable.reserve(m_messages.size());
    for (const qint64 root : m_children.value(0)) {
        for (const qint64 id : subtree(root))
            reachable.insert(id, m_messages.value(id));
    }
    m_messages.swap(reachable);
}

const MessageRecord* MessageTree::find(qint64 id) const
{
    const auto found = m_messages.constFind(id);
    return found == m_messages.cend() ? nullptr : &*found;
}

MessageRecord* MessageTree::find(qint64 id)
{
    const auto found = m_messages.find(id);
    return found == m_messages.end() ? nullptr : &*found;
}

qint64 MessageTree::activeChildOf(qint64 parentId) const
{
    const QList<qint64> children = m_children.value(parentId);
    const MessageRecord* parent = find(parentId);
    const qint64 chosen = parent ? parent->activeChild : m_activeRoot;
    if (children.contains(chosen))
        return chosen;
    return children.isEmpty() ? 0 : children.last();
}

void MessageTree::setActiveChild(qint64 parentId, qint64 childId)
{
    if (MessageRecord* parent = find(parentId))
        parent->activeChild = childId;
    else
        m_activeRoot = childId;
}

QList<qint64> MessageTree::activeBranch() const
{
    QList<qint64> branch;
    for (qint64 id = activeChildOf(0); id != 0; id = activeChildOf(id))
        branch.append(id);
    return branch;
}

QList<qint64> MessageTree::branchTo(qint64 id) const
{
    QList<qint64> branch;
    for (const MessageRecord* message = find(id); message; message = find(message->parentId))
        branch.append(message->id);
    std::reverse(branch.begin(), branch.end());
    return branch;
}

QList<qint64> MessageTree::siblings(qint64 id) const
{
    const MessageRecord* message = find(id);
    return message ? m_children.value(message->parentId) : QList<qint64>();
}

void MessageTree::add(const MessageRecord& message)
{
    m_messages.insert(message.id, message);
    m_children[message.parentId].append(message.id);
    setActiveChild(message.parentId, message.id);
}

void MessageTree::select(qint64 id)
{
    if (const MessageRecord* message = find(id))
        setActiveChild(message->parentId, id);
}

QList<qint64> MessageTree::subtree(qint64 id) const
{
    QList<qint64> ids = {id};
    for (qsizetype i = 0; i < ids.size(); ++i)
        ids += m_children.value(ids.at(i));
    return ids;
}

QList<qint64> MessageTree::remove(qint64 id)
{
    const MessageRecord* message = find(id);
    if (!message)
        return {};
    const qint64 parentId = message->parentId;
    QList<qint64>& family = m_children[parentId];
    const qsizetype position = family.indexOf(id);
    family.removeAt(position);
    setActiveChild(parentId, family.isEmpty() ? 0 : family.at(std::min(position, family.size() - 1)));

    const QList<qint64> removed = subtree(id);
    for (const qint64 gone : removed) {
        m_messages.remove(gone);
        m_children.remove(gone);
    }
    return removed;
}
