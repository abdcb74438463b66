// The chats of the sidebar: pinned ones first, then by the time of the last message; or, while a
// search text is set, the chats that contain it with the place where.
#pragma once

#include "store/records.h"

#include <QtCore/QAbstractListModel>
#include <QtCore/QHash>
#include <QtCore/QSet>
#include <QtCore/QTimer>
#include <QtQml/qqmlregistration.h>

#include <functional>

class Store;

/// Roles:
///   chatId     id for the calls below
///   title
///   section    translated: "Pinned", "Today", "Yesterday", "Previous 7 days", "March 2025"
///   preview    the beginning of the last message, one line
///   snippet    rich text around the search's hit with <b>…</b>; empty without a search
///   hitMessageId  the message of the hit; 0 without a search
///   updatedAt  QDateTime
///   pinned
///   current    this is the open chat
///   busy       an answer is being generated in it
/// GUI thread; writes go through the store and never wait for it.
class ChatListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.chats")
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    /// False until the store has delivered the chats.
    Q_PROPERTY(bool loaded READ loaded NOTIFY loadedChanged)
    Q_PROPERTY(qint64 currentChatId READ currentChatId NOTIFY currentChatIdChanged)
    /// Words to find in every message; the list follows as one types.
    Q_PROPERTY(QString searchText READ searchText WRITE setSearchText NOTIFY searchTextChanged)

public:
    enum Role {
        ChatIdRole = Qt::UserRole + 1,
        TitleRole,
        SectionRole,
        PreviewRole,
        SnippetRole,
        HitMessageIdRole,
        UpdatedAtRole,
        PinnedRole,
        CurrentRole,
        BusyRole,
    };

    /// `store` outlives this.
    explicit ChatListModel(Store& store, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] int count() const { return rowCount(); }
    [[nodiscard]] bool loaded() const { return m_loaded; }
    [[nodiscard]] qint64 currentChatId() const { return m_currentChatId; }
    [[nodiscard]] QString searchText() const { return m_searchText; }
    void setSearchText(const QString& text);

    /// Opens an empty chat, which joins the list with its first message or draft.
    Q_INVOKABLE void newChat();
    Q_INVOKABLE void open(qint64 chatId);
    /// The chat above (-1) or below (+1) the open one.
    Q_INVOKABLE void openNeighbour(int direction);
    Q_INVOKABLE void rename(qint64 chatId, const QString& title);
    Q_INVOKABLE void setPinned(qint64 chatId, bool pinned);
    /// A copy with every branch; opens it.
    Q_INVOKABLE void duplicate(qint64 chatId);
    /// Gone from the list, kept for 30 days; emits trashed() for the undo.
    Q_INVOKABLE void moveToTrash(qint64 chatId);
    Q_INVOKABLE void restore(qint64 chatId);

    /// Null when the list does not hold it.
    [[nodiscard]] const ChatRecord* find(qint64 chatId) const;
    /// Inserts or replaces the chat and writes it to the store.
    void save(const ChatRecord& chat);
    void setBusy(qint64 chatId, bool busy);

signals:
    void countChanged();
    void loadedChanged();
    void currentChatIdChanged();
    void searchTextChanged();
    void trashed(qint64 chatId, const QString& title);
    /// The chat's record was saved with other values.
    void chatChanged(qint64 chatId);

private:
    struct Row {
        qint64 chatId = 0;
        SearchHit hit;
    };

    void onChatsLoaded(const QList<ChatRecord>& chats);
    void onSearchFinished(const QString& text, const QList<SearchHit>& hits);
    void onDuplicated(const ChatRecord& chat);
    void edit(qint64 chatId, const std::function<void(ChatRecord&)>& change);
    void showAll();
    void show(const QList<Row>& rows);
    void setCurrent(qint64 chatId);
    void place(qint64 chatId);
    void removeRow(qint64 chatId);
    void notify(qint64 chatId, const QList<int>& roles);
    [[nodiscard]] bool isSearching() const;
    [[nodiscard]] int rowOf(qint64 chatId) const;
    [[nodiscard]] bool isBefore(qint64 a, qint64 b) const;

    Store& m_store;
    QHash<qint64, ChatRecord> m_chats; ///< those not in the trash
    QHash<qint64, ChatRecord> m_trash; ///< moved there in this session
    QList<Row> m_rows; ///< as shown
    QSet<qint64> m_busy;
    QString m_searchText;
    QTimer m_searchDelay;
    qint64 m_currentChatId = 0;
    bool m_loaded = false;
};
