#include "chat/block_list_model.h"

#include <algorithm>

int BlockListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_blocks.size());
}

QVariant BlockListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Block& block = m_blocks.at(index.row());
    switch (role) {
    case KindRole:
        return block.kind;
    case TextRole:
        return block.text;
    case LanguageRole:
        return block.language;
    case LevelRole:
        return block.level;
    case OpenRole:
        return block.open;
    case SecondsRole:
        return block.seconds;
    default:
        return {};
    }
}

QHash<int, QByteArray> BlockListModel::roleNames() const
{
    return {{KindRole, "kind"},   {TextRole, "text"}, {LanguageRole, "language"},
            {LevelRole, "level"}, {OpenRole, "open"}, {SecondsRole, "seconds"}};
}

void BlockListModel::setPlainText(const QString& text)
{
    m_answer = {};
    m_leading.clear();
    m_trailing.clear();
    Block block;
    block.text = QLatin1String("<span style=\"white-space:pre-wrap\">")
        + text.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")) + QLatin1String("</span>");
    replaceFrom(0, {block});
}

void BlockListModel::setAnswer(const QString& thinking, const QString& text)
{
    m_answer = {};
    m_leading.clear();
    m_trailing.clear();
    append(thinking, text);
    replaceFrom(0, m_answer.blocks());
}

void BlockListModel::appendAnswer(const QString& thinking, const QString& text)
{
    replaceFromAnswer(append(thinking, text));
}

qsizetype BlockListModel::append(const QString& thinking, const QString& text)
{
    qsizetype firstChanged = m_answer.blocks().size();
    if (!thinking.isEmpty())
        firstChanged = std::min(firstChanged, m_answer.appendThinking(thinking));
    if (!text.isEmpty())
        firstChanged = std::min(firstChanged, m_answer.appendText(text));
    return firstChanged;
}

void BlockListModel::finishAnswer(double thinkingSeconds)
{
    replaceFromAnswer(m_answer.finish(thinkingSeconds));
}

void BlockListModel::setLeading(const QList<Block>& blocks)
{
    if (m_leading == blocks)
        return;
    m_leading = blocks;
    replaceFrom(0, m_leading + m_answer.blocks() + m_trailing);
}

void BlockListModel::setTrailing(const QList<Block>& blocks)
{
    if (m_trailing == blocks)
        return;
    m_trailing = blocks;
    replaceFromAnswer(m_answer.blocks().size());
}

void BlockListModel::replaceFromAnswer(qsizetype answerRow)
{
    replaceFrom(m_leading.size() + answerRow, m_answer.blocks().sliced(answerRow) + m_trailing);
}

void BlockListModel::replaceFrom(qsizetype row, const QList<Block>& blocks)
{
    const qsizetype oldSize = m_blocks.size();
    const qsizetype newSize = row + blocks.size();
    const qsizetype common = std::min(oldSize, newSize);
    for (qsizetype i = row; i < common; ++i)
        replace(i, blocks.at(i - row));
    if (newSize < oldSize) {
        beginRemoveRows({}, int(newSize), int(oldSize) - 1);
        m_blocks.resize(newSize);
        endRemoveRows();
    } else if (newSize > oldSize) {
        beginInsertRows({}, int(oldSize), int(newSize) - 1);
        m_blocks += blocks.sliced(oldSize - row);
        endInsertRows();
    }
    if (newSize != oldSize)
        emit countChanged();
}

void BlockListModel::replace(qsizetype row, const Block& block)
{
    Block& shown = m_blocks[row];
    if (shown == block)
        return;
    // The window builds an item anew when its kind changes; while streaming only the text does.
    QList<int> roles = {TextRole, LanguageRole, LevelRole, OpenRole, SecondsRole};
    if (shown.kind != block.kind)
        roles.append(KindRole);
    shown = block;
    emit dataChanged(index(int(row)), index(int(row)), roles);
}
