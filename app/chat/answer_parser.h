// A model's answer, as it arrives, in typed blocks: the thinking apart, the rest as Markdown.
#pragma once

#include "chat/block.h"
#include "chat/markdown_stream.h"
#include "chat/thinking_splitter.h"

#include <QtCore/QList>

class AnswerParser {
public:
    /// Returns the row of the first block that changed.
    qsizetype append(const QString& text);
    /// No more will come. `thinkingSeconds` belong to the thinking block; 0 = unknown.
    qsizetype finish(double thinkingSeconds);

    /// The thinking, if any, is the first block.
    [[nodiscard]] const QList<Block>& blocks() const { return m_blocks; }

private:
    void addThinking(const QString& text);
    void showThinking();
    void showAnswer(qsizetype firstChanged);

    ThinkingSplitter m_splitter;
    MarkdownStream m_thinking;
    QString m_thinkingHtml; ///< of its settled blocks
    qsizetype m_thinkingShown = 0; ///< blocks in m_thinkingHtml
    bool m_hasThinking = false;
    double m_seconds = 0;
    MarkdownStream m_answer;
    QList<Block> m_blocks;
};
