// The messages of a chat along its active branch, oldest first.
#pragma once

#include "chat/block_list_model.h"
#include "store/records.h"

#include <QtCore/QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <memory>
#include <vector>

class MessageTree;

/// Roles:
///   messageId    id for ChatController's calls
///   role         "user" or "assistant"
///   blocks       BlockListModel*, made when first asked for
///   plainText    what was typed or generated, without the thinking, for editing
///   streaming    an answer is being generated into this message
///   branchIndex  0-based position among the alternatives of this message
///   branchCount  how many alternatives there are
///   details      map: model, quantization, backend, seed, temperature, topK, topP, minP, maxTokens,
///                ttft (s), prefillRate, decodeRate (tok/s), promptTokens, reusedTokens,
///                generatedTokens, finish ("stop", "length", "context", "cancelled", "error",
///                "interrupted"), thinkingSeconds; empty for user messages
///   errorText    why the answer failed; empty otherwise
/// GUI thread.
class MessageListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.chat.messages")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Role {
        MessageIdRole = Qt::UserRole + 1,
        RoleRole,
        BlocksRole,
        PlainTextRole,
        StreamingRole,
        BranchIndexRole,
        BranchCountRole,
        DetailsRole,
        ErrorTextRole,
    };

    /// `tree` outlives this.
    explicit MessageListModel(const MessageTree& tree, QObject* parent = nullptr);
    ~MessageListModel() override;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] int count() const { return rowCount(); }
    /// Row of a message; -1 when it is not on the active branch.
    [[nodiscard]] Q_INVOKABLE int rowOf(qint64 messageId) const;
    /// Id of the last message of that role; 0 when there is none.
    [[nodiscard]] Q_INVOKABLE qint64 lastOf(const QString& role) const;

    /// Follows the tree's active branch; messages that stay keep their blocks.
    void syncBranch();
    /// The answer in the tree grew by these.
    void appendText(qint64 messageId, const QString& thinking, const QString& text);
    /// The answer in the tree is another than before.
    void resetText(qint64 messageId);
    /// An answer begins or ends being generated into the message.
    void setStreaming(qint64 messageId, bool streaming);
    /// The message's details changed.
    void refresh(qint64 messageId);

signals:
    void countChanged();

private:
    struct Row {
        qint64 id = 0;
        bool streaming = false;
        std::unique_ptr<BlockListModel> blocks; ///< null until asked for
    };

    [[nodiscard]] BlockListModel* blocksOf(int row) const;
    void fill(BlockListModel& blocks, const Row& row) const;
    static void close(BlockListModel& blocks, const MessageRecord& message);
    void notify(int row, const QList<int>& roles);
    void removeFrom(int row);

    const MessageTree& m_tree;
    mutable std::vector<Row> m_rows; ///< blocks are made by data()
};
