// The blocks of one message. Appending text touches only the blocks that the text can still change.
#pragma once

#include "chat/answer_blocks.h"
#include "chat/block.h"

#include <QtCore/QAbstractListModel>
#include <QtQml/qqmlregistration.h>

/// Roles: kind (Block.Kind), text, language, level, open, seconds; see Block. GUI thread.
class BlockListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("MessageListModel.blocks")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Role { KindRole = Qt::UserRole + 1, TextRole, LanguageRole, LevelRole, OpenRole, SecondsRole };

    using QAbstractListModel::QAbstractListModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] int count() const { return rowCount(); }
    [[nodiscard]] const QList<Block>& blocks() const { return m_blocks; }

    /// Replaces everything by one paragraph: what a person typed is shown as typed.
    void setPlainText(const QString& text);
    /// Replaces everything by the beginning of a model's answer.
    void setAnswer(const QString& thinking, const QString& text);
    /// More of the answer.
    void appendAnswer(const QString& thinking, const QString& text);
    /// The answer is complete: closes its last block. 0 seconds = unknown.
    void finishAnswer(double thinkingSeconds);
    /// Notices before the answer.
    void setLeading(const QList<Block>& blocks);
    /// Errors and notices after the answer.
    void setTrailing(const QList<Block>& blocks);

signals:
    void countChanged();

private:
    qsizetype append(const QString& thinking, const QString& text);
    void replaceFromAnswer(qsizetype answerRow);
    void replaceFrom(qsizetype row, const QList<Block>& blocks);
    void replace(qsizetype row, const Block& block);

    AnswerBlocks m_answer;
    QList<Block> m_leading;
    QList<Block> m_trailing;
    QList<Block> m_blocks; ///< as shown: leading, answer, trailing
};
