// The chats on the disk. Every call returns at once: a thread of its own does the work and the
// answers come as signals.
#pragma once

#include "store/records.h"
#include "store/store_thread.h"
#include "threads/gui_queue.h"

#include <QtCore/QObject>

#include <functional>

/// GUI thread. Writes happen in the order of the calls. A write that the disk refuses stays in
/// memory, with all that follow, and is tried again until it succeeds; problemChanged() tells.
class Store : public QObject {
    Q_OBJECT

public:
    explicit Store(const QString& file, QObject* parent = nullptr);
    /// Writes what is queued, as far as the disk allows.
    ~Store() override;

    void saveChat(const ChatRecord& chat);
    void saveMessage(const MessageRecord& message);
    void removeMessages(const QList<qint64>& ids);
    /// chatDuplicated() delivers the copy with its activeRoot.
    void duplicateChat(qint64 chatId, const ChatRecord& copy);

    void requestMessages(qint64 chatId);
    /// A later search replaces one that still runs.
    void search(const QString& text);

    /// Calls back once all writes so far are on the disk, or are known to have to wait.
    void afterWrites(std::function<void()> callback);
    void retry();
    /// Moves the damaged file aside and begins a new one with what waits in memory.
    void startFresh();
    /// Quota in pages of 4096 bytes; 0 = none.
    void setPageLimit(int pages);

signals:
    /// After opening, and after a problem with opening is over.
    void chatsLoaded(const QList<ChatRecord>& chats);
    void messagesLoaded(qint64 chatId, const QList<MessageRecord>& messages);
    void searchFinished(const QString& text, const QList<SearchHit>& hits);
    void chatDuplicated(const ChatRecord& chat);
    void problemChanged(const StoreProblem& problem);
    /// startFresh() has kept the damaged file under this name.
    void movedAside(const QString& file);

private:
    GuiQueue m_replies;
    StoreThread m_thread;
};
