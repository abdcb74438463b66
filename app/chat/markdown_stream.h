// Markdown that arrives in pieces: only what can still change is parsed again.
#pragma once

#include "chat/block.h"
#include "chat/markdown_chunks.h"

#include <QtCore/QList>

class MarkdownStream {
public:
    /// Returns the row of the first block that changed.
    qsizetype append(const QString& text);
    /// No more will come. Returns the row of the first block that changed.
    qsizetype finish();

    /// The last block is `open` until finish().
    [[nodiscard]] const QList<Block>& blocks() const { return m_blocks; }

private:
    void settle(TextEnd end);

    QString m_tail; ///< text of the blocks that are not settled
    QList<Block> m_blocks;
    qsizetype m_settled = 0; ///< blocks at the front that never change again
};
