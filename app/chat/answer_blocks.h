// A model's answer, as it arrives, in typed blocks: its thinking as one, its text as Markdown.
#pragma once

#include "chat/block.h"
#include "chat/markdown_stream.h"

#include <QtCore/QList>

class AnswerBlocks {
public:
    /// Both return the row of the first block that changed.
    qsizetype appendThinking(const QString& markdown);
    qsizetype appendText(const QString& markdown);
    /// No more will come. `thinkingSeconds` belong to the thinking block; 0 = unknown. Returns the
    /// row of the first block that changed.
    qsizetype finish(double thinkingSeconds);

    /// The thinking, if any, is the first block; it is open until text follows.
    [[nodiscard]] const QList<Block>& blocks() const { return m_blocks; }

private:
    void showThinking(bool open);
    void showText(qsizetype firstChanged);
    [[nodiscard]] qsizetype thinkingBlocks() const { return m_hasThinking ? 1 : 0; }

    MarkdownStream m_thinking;
    QString m_thinkingHtml; ///< of its settled blocks
    qsizetype m_thinkingShown = 0; ///< blocks in m_thinkingHtml
    bool m_hasThinking = false;
    double m_seconds = 0;
    MarkdownStream m_text;
    QList<Block> m_blocks;
};
