#include "chat/answer_blocks.h"

#include <utility>

namespace {

QString htmlOf(const Block& block)
{
    switch (block.kind) {
    case BlockKind::Code:
        return QLatin1String("<pre>") + block.text.toHtmlEscaped() + QLatin1String("</pre>");
    case BlockKind::Heading:
        return QLatin1String("<p><b>") + block.text + QLatin1String("</b></p>");
    case BlockKind::Quote:
        return QLatin1String("<blockquote>") + block.text + QLatin1String("</blockquote>");
    case BlockKind::Rule:
        return QStringLiteral("<hr>");
    case BlockKind::List:
    case BlockKind::Table:
        return block.text;
    default:
        return QLatin1String("<p>") + block.text + QLatin1String("</p>");
    }
}

} // namespace

qsizetype AnswerBlocks::appendThinking(const QString& markdown)
{
    const qsizetype settled = m_thinking.append(markdown);
    for (; m_thinkingShown < settled; ++m_thinkingShown)
        m_thinkingHtml += htmlOf(m_thinking.blocks().at(m_thinkingShown));
    showThinking(m_text.blocks().isEmpty());
    return 0;
}

qsizetype AnswerBlocks::appendText(const QString& markdown)
{
    const bool endsThinking = m_hasThinking && m_blocks.first().open;
    if (endsThinking)
        m_blocks.first().open = false;
    const qsizetype changed = m_text.append(markdown);
    showText(changed);
    return endsThinking ? 0 : thinkingBlocks() + changed;
}

qsizetype AnswerBlocks::finish(double thinkingSeconds)
{
    m_seconds = thinkingSeconds;
    if (m_hasThinking) {
        m_thinking.finish();
        showThinking(false);
    }
    const qsizetype changed = m_text.finish();
    showText(changed);
    return m_hasThinking ? 0 : changed;
}

void AnswerBlocks::showThinking(bool open)
{
    Block block;
    block.kind = BlockKind::Thinking;
    block.text = m_thinkingHtml;
    for (qsizetype i = m_thinkingShown; i < m_thinking.blocks().size(); ++i)
        block.text += htmlOf(m_thinking.blocks().at(i));
    block.open = open;
    block.seconds = m_seconds;
    if (std::exchange(m_hasThinking, true))
        m_blocks.first() = block;
    else
        m_blocks.prepend(block);
}

void AnswerBlocks::showText(qsizetype firstChanged)
{
    m_blocks.resize(thinkingBlocks() + firstChanged);
    m_blocks += m_text.blocks().sliced(firstChanged);
}
