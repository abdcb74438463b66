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
///   plainText    what was typed or generated, for editing
///   streaming    an answer is being generated into this message
///   branchIndex  0-based position among the alternatives of this message
///   branchCount  how many alternatives there are
///   details      map: model, quantization, backend, seed, temperature, topK, topP, minP, maxTokens,
///                ttft (s), prefillRate, decodeRate (tok/s), promptTokens, reusedTokens,
///                generatedTokens, finish ("stop", "length", "context", "cancelled", "error",
///                "interrupted"), thinkingSeconds; empty for user messages
///   errorText    why the answer failed; empty otherwise
/// GUI thread.
class MessageListModel : public QAbstractListModel
{
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

    /// Follows the tree's active branch; rows that stay keep their blocks.
    void syncBranch();
    /// The streaming message grew by `text`, which the tree's record holds already.
    void appendText(qint64 messageId, const QString& text);
    void setStreaming(qint64 messageId, bool streaming);
    /// The record of the message changed in other ways than appended text.
    void refresh(qint64 messageId);
    void setLeadingNotice(qint64 messageId, const QString& text);

signals:
    void countChanged();

private:
    struct Row {
        qint64 id = 0;
        bool streaming = false;
        QString leadingNotice;
        std::unique_ptr<BlockListModel> blocks;
    };

    [[nodiscard]] BlockListModel* blocksOf(const Row& row) const;
    void fillBlocks(const Row& row, BlockListModel& blocks) const;
    void rowChanged(int row, const QList<int>& roles);

    const MessageTree& m_tree;
    mutable std::vector<Row> m_rows;
};
