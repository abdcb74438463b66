#include "chat/message_list_model.h"

#include "chat/message_tree.h"

#include <QtCore/QVariantMap>
#include <QtQml/QQmlEngine>

#include <algorithm>

namespace {

QString finishNotice(const QString& finish)
{
    if (finish == QLatin1String("length"))
        return MessageListModel::tr("The answer reached the chosen number of tokens.");
    if (finish == QLatin1String("context"))
        return MessageListModel::tr("The context is full.");
    if (finish == QLatin1String("interrupted"))
        return MessageListModel::tr("The application ended before the answer did.");
    return {};
}

Block block(BlockKind::Kind kind, const QString& text)
{
    Block made;
    made.kind = kind;
    made.text = text.toHtmlEscaped();
    return made;
}

QList<Block> leadingBlocks(const MessageRecord& message)
{
    if (message.details.value(QLatin1String("droppedMessages")).toInt() == 0)
        return {};
    return {block(BlockKind::Notice, MessageListModel::tr("Earlier messages are no longer in the context."))};
}

QList<Block> trailingBlocks(const MessageRecord& message)
{
    QList<Block> blocks;
    if (const QString notice = finishNotice(message.details.value(QLatin1String("finish")).toString());
        !notice.isEmpty())
        blocks.append(block(BlockKind::Notice, notice));
    if (!message.error.isEmpty())
        blocks.append(block(BlockKind::Error, message.error));
    return blocks;
}

} // namespace

MessageListModel::MessageListModel(const MessageTree& tree, QObject* parent)
    : QAbstractListModel(parent)
    , m_tree(tree)
{
}

MessageListModel::~MessageListModel() = default;

int MessageListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant MessageListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows.at(size_t(index.row()));
    const MessageRecord* message = m_tree.find(row.id);
    if (!message)
        return {};
    switch (role) {
    case MessageIdRole:
        return row.id;
    case RoleRole:
        return message->role;
    case BlocksRole:
        return QVariant::fromValue(blocksOf(index.row()));
    case PlainTextRole:
        return message->text;
    case StreamingRole:
        return row.streaming;
    case BranchIndexRole:
        return m_tree.siblings(row.id).indexOf(row.id);
    case BranchCountRole:
        return m_tree.siblings(row.id).size();
    case DetailsRole:
        return message->details.toVariantMap();
    case ErrorTextRole:
        return message->error;
    default:
        return {};
    }
}

QHash<int, QByteArray> MessageListModel::roleNames() const
{
    return {{MessageIdRole, "messageId"},     {RoleRole, "role"},           {BlocksRole, "blocks"},
            {PlainTextRole, "plainText"},     {StreamingRole, "streaming"}, {BranchIndexRole, "branchIndex"},
            {BranchCountRole, "branchCount"}, {DetailsRole, "details"},     {ErrorTextRole, "errorText"}};
}

int MessageListModel::rowOf(qint64 messageId) const
{
    // From the end: the last message is asked for with every token.
    const auto row =
        std::find_if(m_rows.rbegin(), m_rows.rend(), [&](const Row& r) { return r.id == messageId; });
    return row == m_rows.rend() ? -1 : int(m_rows.rend() - row) - 1;
}

qint64 MessageListModel::lastOf(const QString& role) const
{
    for (auto row = m_rows.rbegin(); row != m_rows.rend(); ++row) {
        const MessageRecord* message = m_tree.find(row->id);
        if (message && message->role == role)
            return row->id;
    }
    return 0;
}

void MessageListModel::syncBranch()
{
    const QList<qint64> branch = m_tree.activeBranch();
    const auto sameId = [](const Row& row, qint64 id) { return row.id == id; };
    const auto [kept, added] =
        std::mismatch(m_rows.begin(), m_rows.end(), branch.begin(), branch.end(), sameId);
    const int keptCount = int(kept - m_rows.begin());
    removeFrom(keptCount);
    if (added != branch.end()) {
        beginInsertRows({}, keptCount, int(branch.size()) - 1);
        for (auto id = added; id != branch.end(); ++id)
            m_rows.push_back({*id, false, nullptr});
        endInsertRows();
    }
    // A new or removed alternative shows in the row where the branches part.
    for (int row = std::max(0, keptCount - 1); row < std::min(keptCount + 1, rowCount()); ++row)
        notify(row, {BranchIndexRole, BranchCountRole});
    emit countChanged();
}

void MessageListModel::removeFrom(int row)
{
    if (row >= rowCount())
        return;
    beginRemoveRows({}, row, rowCount() - 1);
    for (auto removed = m_rows.begin() + row; removed != m_rows.end(); ++removed) {
        if (removed->blocks) // delegates may hold them until the event loop runs
            removed->blocks.release()->deleteLater();
    }
    m_rows.erase(m_rows.begin() + row, m_rows.end());
    endRemoveRows();
}

void MessageListModel::appendText(qint64 messageId, const QString& thinking, const QString& text)
{
    const int row = rowOf(messageId);
    if (row >= 0 && m_rows[size_t(row)].blocks)
        m_rows[size_t(row)].blocks->appendAnswer(thinking, text);
}

void MessageListModel::resetText(qint64 messageId)
{
    const int row = rowOf(messageId);
    if (row < 0 || !m_rows[size_t(row)].blocks)
        return;
    const MessageRecord& message = *m_tree.find(messageId);
    m_rows[size_t(row)].blocks->setAnswer(message.thinking, message.text);
}

void MessageListModel::setStreaming(qint64 messageId, bool streaming)
{
    const int row = rowOf(messageId);
    if (row < 0)
        return;
    Row& changed = m_rows[size_t(row)];
    changed.streaming = streaming;
    if (streaming)
        resetText(messageId);
    else if (changed.blocks)
        close(*changed.blocks, *m_tree.find(messageId));
    notify(row, {StreamingRole, PlainTextRole, DetailsRole, ErrorTextRole});
}

void MessageListModel::refresh(qint64 messageId)
{
    const int row = rowOf(messageId);
    if (row < 0)
        return;
    if (BlockListModel* blocks = m_rows[size_t(row)].blocks.get())
        blocks->setLeading(leadingBlocks(*m_tree.find(messageId)));
    notify(row, {DetailsRole});
}

BlockListModel* MessageListModel::blocksOf(int row) const
{
    Row& wanted = m_rows[size_t(row)];
    if (!wanted.blocks) {
        wanted.blocks = std::make_unique<BlockListModel>();
        QQmlEngine::setObjectOwnership(wanted.blocks.get(), QQmlEngine::CppOwnership);
        fill(*wanted.blocks, wanted);
    }
    return wanted.blocks.get();
}

void MessageListModel::fill(BlockListModel& blocks, const Row& row) const
{
    const MessageRecord& message = *m_tree.find(row.id);
    if (message.role == QLatin1String("user")) {
        blocks.setPlainText(message.text);
        return;
    }
    blocks.setAnswer(message.thinking, message.text);
    if (!row.streaming)
        close(blocks, message);
}

void MessageListModel::close(BlockListModel& blocks, const MessageRecord& message)
{
    blocks.finishAnswer(message.details.value(QLatin1String("thinkingSeconds")).toDouble());
    blocks.setLeading(leadingBlocks(message));
    blocks.setTrailing(trailingBlocks(message));
}

void MessageListModel::notify(int row, const QList<int>& roles)
{
    emit dataChanged(index(row), index(row), roles);
}
