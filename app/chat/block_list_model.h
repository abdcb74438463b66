// The blocks of one message. Appending text touches only the blocks that the text can still change.
#pragma once

#include "chat/answer_parser.h"
#include "chat/block.h"

#include <QtCore/QAbstractListModel>
#include <QtQml/qqmlregistration.h>

/// Roles: kind (Block.Kind), text, language, level, open, seconds; see Block. GUI thread.
class BlockListModel : public QAbstractListModel
{
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

    /// Replaces everything by one plain paragraph: what a person typed is shown as typed.
    void setPlainText(const QString& text);
    /// Replaces everything by the blocks of a model's answer.
    void setAnswer(const QString& text, bool streaming, double thinkingSeconds);
    /// More of a streaming answer.
    void appendAnswer(const QString& text);
    /// The answer is complete: closes the open block.
    void finishAnswer(double thinkingSeconds);
    /// Adds an Error or Notice after the answer; replaced by the next one of its kind.
    void setTrailer(BlockKind::Kind kind, const QString& text);
    /// Adds a Notice before the answer ("Earlier messages are no longer in the context").
    void setLeadingNotice(const QString& text);

signals:
    void countChanged();

private:
    void refresh();
    void replaceFrom(int row, const QList<Block>& tail);

    AnswerParser m_parser;
    QString m_leadingNotice;
    QList<Block> m_trailers;
    QList<Block> m_blocks;
};
