#include "chat/chat_list_model.h"

#include "chat/chat_sections.h"
#include "store/store.h"

#include <algorithm>

namespace {

constexpr int searchDelayMs = 60;

}

ChatListModel::ChatListModel(Store& store, QObject* parent)
    : QAbstractListModel(parent)
    , m_store(store)
    , m_currentChatId(newRecordId())
{
    m_searchDelay.setSingleShot(true);
    m_searchDelay.setInterval(searchDelayMs);
    connect(&m_searchDelay, &QTimer::timeout, this, [this] { m_store.search(m_searchText); });
    connect(&store, &Store::chatsLoaded, this, &ChatListModel::onChatsLoaded);
    connect(&store, &Store::searchFinished, this, &ChatListModel::onSearchFinished);
    connect(&store, &Store::chatDuplicated, this, &ChatListModel::onDuplicated);
}

int ChatListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant ChatListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows.at(index.row());
    const ChatRecord chat = m_chats.value(row.chatId);
    switch (role) {
    case ChatIdRole:
        return chat.id;
    case TitleRole:
        return chat.title.isEmpty() ? tr("New chat") : chat.title;
    case SectionRole:
        return chatSection(chat.pinned, chat.updatedAt, QDateTime::currentDateTime());
    case PreviewRole:
        return chat.preview;
    case SnippetRole:
        return row.hit.snippet;
    case HitMessageIdRole:
        return row.hit.messageId;
    case UpdatedAtRole:
        return chat.updatedAt;
    case PinnedRole:
        return chat.pinned;
    case CurrentRole:
        return chat.id == m_currentChatId;
    case BusyRole:
        return m_busy.contains(chat.id);
    default:
        return {};
    }
}

QHash<int, QByteArray> ChatListModel::roleNames() const
{
    return {{ChatIdRole, "chatId"},       {TitleRole, "title"},
            {SectionRole, "section"},     {PreviewRole, "preview"},
            {SnippetRole, "snippet"},     {HitMessageIdRole, "hitMessageId"},
            {UpdatedAtRole, "updatedAt"}, {PinnedRole, "pinned"},
            {CurrentRole, "current"},     {BusyRole, "busy"}};
}

void ChatListModel::setSearchText(const QString& text)
{
    if (text == m_searchText)
        return;
    m_searchText = text;
    emit searchTextChanged();
    if (isSearching()) {
        m_searchDelay.start();
    } else {
        m_searchDelay.stop();
        showAll();
    }
}

bool ChatListModel::isSearching() const
{
    return !m_searchText.trimmed().isEmpty();
}

void ChatListModel::newChat()
{
    if (m_chats.contains(m_currentChatId))
        setCurrent(newRecordId());
    else
        emit currentChatIdChanged(); // the open one is new and empty still
}

void ChatListModel::open(qint64 chatId)
{
    if (m_chats.contains(chatId))
        setCurrent(chatId);
}

void ChatListModel::openNeighbour(int direction)
{
    const int row = rowOf(m_currentChatId);
    const int wanted = row < 0 ? 0 : row + direction;
    if (wanted >= 0 && wanted < rowCount())
        setCurrent(m_rows.at(wanted).chatId);
}

void ChatListModel::rename(qint64 chatId, const QString& title)
{
    const QString text = title.simplified();
    edit(chatId, [&](ChatRecord& chat) { chat.title = text.isEmpty() ? chat.title : text; });
}

void ChatListModel::setPinned(qint64 chatId, bool pinned)
{
    edit(chatId, [&](ChatRecord& chat) { chat.pinned = pinned; });
}

void ChatListModel::duplicate(qint64 chatId)
{
    if (!m_chats.contains(chatId))
        return;
    ChatRecord copy = m_chats.value(chatId);
    copy.id = newRecordId();
    copy.title = tr("%1 (copy)").arg(copy.title);
    copy.createdAt = copy.updatedAt = QDateTime::currentDateTime();
    m_store.duplicateChat(chatId, copy);
}

void ChatListModel::onDuplicated(const ChatRecord& chat)
{
    m_chats.insert(chat.id, chat);
    place(chat.id);
    setCurrent(chat.id);
}

void ChatListModel::moveToTrash(qint64 chatId)
{
    if (!m_chats.contains(chatId))
        return;
    ChatRecord chat = m_chats.take(chatId);
    chat.trashedAt = QDateTime::currentDateTime();
    m_trash.insert(chatId, chat);
    m_store.saveChat(chat);
    removeRow(chatId);
    emit trashed(chatId, chat.title);
    if (chatId == m_currentChatId)
        setCurrent(newRecordId());
}

void ChatListModel::restore(qint64 chatId)
{
    if (!m_trash.contains(chatId))
        return;
    ChatRecord chat = m_trash.take(chatId);
    chat.trashedAt = {};
    save(chat);
    setCurrent(chatId);
}

const ChatRecord* ChatListModel::find(qint64 chatId) const
{
    const auto chat = m_chats.constFind(chatId);
    return chat == m_chats.cend() ? nullptr : &*chat;
}

void ChatListModel::save(const ChatRecord& chat)
{
    if (m_trash.contains(chat.id)) // a last word from a chat that is being closed
        return;
    m_chats.insert(chat.id, chat);
    m_store.saveChat(chat);
    place(chat.id);
    emit chatChanged(chat.id);
}

void ChatListModel::edit(qint64 chatId, const std::function<void(ChatRecord&)>& change)
{
    if (!m_chats.contains(chatId))
        return;
    ChatRecord chat = m_chats.value(chatId);
    change(chat);
    save(chat);
}

void ChatListModel::setBusy(qint64 chatId, bool busy)
{
    if (busy)
        m_busy.insert(chatId);
    else
        m_busy.remove(chatId);
    notify(chatId, {BusyRole});
}

void ChatListModel::onChatsLoaded(const QList<ChatRecord>& chats)
{
    for (const ChatRecord& chat : chats) {
        if (!m_chats.contains(chat.id) && !m_trash.contains(chat.id))
            m_chats.insert(chat.id, chat);
    }
    m_loaded = true;
    if (!isSearching())
        showAll();
    emit loadedChanged();
}

void ChatListModel::onSearchFinished(const QString& text, const QList<SearchHit>& hits)
{
    if (text != m_searchText || !isSearching())
        return;
    QList<Row> rows;
    for (const SearchHit& hit : hits) {
        if (m_chats.contains(hit.chatId))
            rows.append(Row{hit.chatId, hit});
    }
    show(rows);
}

void ChatListModel::showAll()
{
    QList<Row> rows;
    for (const ChatRecord& chat : std::as_const(m_chats))
        rows.append(Row{chat.id, {}});
    std::sort(rows.begin(), rows.end(),
              [this](const Row& a, const Row& b) { return isBefore(a.chatId, b.chatId); });
    show(rows);
}

void ChatListModel::show(const QList<Row>& rows)
{
    beginResetModel();
    m_rows = rows;
    endResetModel();
    emit countChanged();
}

void ChatListModel::setCurrent(qint64 chatId)
{
    if (chatId == m_currentChatId)
        return;
    const qint64 previous = std::exchange(m_currentChatId, chatId);
    notify(previous, {CurrentRole});
    notify(chatId, {CurrentRole});
    emit currentChatIdChanged();
}

void ChatListModel::place(qint64 chatId)
{
    const int from = rowOf(chatId);
    if (isSearching()) {
        notify(chatId, {});
        return;
    }
    const auto behind = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) {
        return row.chatId != chatId && isBefore(chatId, row.chatId);
    });
    const int to = int(behind - m_rows.begin()); // in front of this row
    if (from < 0) {
        beginInsertRows({}, to, to);
        m_rows.insert(to, Row{chatId, {}});
        endInsertRows();
        emit countChanged();
    } else if (to != from && to != from + 1) {
        beginMoveRows({}, from, from, {}, to);
        m_rows.move(from, to > from ? to - 1 : to);
        endMoveRows();
    }
    notify(chatId, {});
}

void ChatListModel::removeRow(qint64 chatId)
{
    const int row = rowOf(chatId);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_rows.removeAt(row);
    endRemoveRows();
    emit countChanged();
}

void ChatListModel::notify(qint64 chatId, const QList<int>& roles)
{
    if (const int row = rowOf(chatId); row >= 0)
        emit dataChanged(index(row), index(row), roles);
}

int ChatListModel::rowOf(qint64 chatId) const
{
    const auto row = std::find_if(m_rows.begin(), m_rows.end(),
                                  [&](const Row& candidate) { return candidate.chatId == chatId; });
    return row == m_rows.end() ? -1 : int(row - m_rows.begin());
}

bool ChatListModel::isBefore(qint64 a, qint64 b) const
{
    const ChatRecord* first = find(a);
    const ChatRecord* second = find(b);
    if (first->pinned != second->pinned)
        return first->pinned;
    if (first->updatedAt != second->updatedAt)
        return first->updatedAt > second->updatedAt;
    return a > b;
}
