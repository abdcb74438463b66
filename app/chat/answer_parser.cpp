#include "chat/answer_parser.h"

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

qsizetype AnswerParser::append(const QString& text)
{
    const bool wasThinking = m_splitter.isThinking();
    const ThinkingSplitter::Parts parts = m_splitter.append(text);
    const bool isNowThinking = m_splitter.isThinking();
    const bool thinkingChanged = wasThinking || isNowThinking || !parts.thinking.isEmpty();
    if (thinkingChanged) {
        addThinking(parts.thinking);
        showThinking();
    }
    const qsizetype offset = m_hasThinking ? 1 : 0;
    const qsizetype changed =
        parts.answer.isEmpty() ? m_answer.blocks().size() : m_answer.append(parts.answer);
    showAnswer(changed);
    return thinkingChanged ? 0 : offset + changed;
}

qsizetype AnswerParser::finish(double thinkingSeconds)
{
    const ThinkingSplitter::Parts parts = m_splitter.finish();
    m_seconds = thinkingSeconds;
    if (m_hasThinking || !parts.thinking.isEmpty()) {
        addThinking(parts.thinking);
        m_thinking.finish();
        showThinking();
        m_blocks.first().open = false;
    }
    if (!parts.answer.isEmpty())
        m_answer.append(parts.answer);
    const qsizetype changed = m_answer.finish();
    showAnswer(changed);
    return m_hasThinking ? 0 : changed;
}

void AnswerParser::addThinking(const QString& text)
{
    if (text.isEmpty())
        return;
    const qsizetype settled = m_thinking.append(text);
    for (; m_thinkingShown < settled; ++m_thinkingShown)
        m_thinkingHtml += htmlOf(m_thinking.blocks().at(m_thinkingShown));
}

void AnswerParser::showThinking()
{
    Block block;
    block.kind = BlockKind::Thinking;
    block.text = m_thinkingHtml;
    for (qsizetype i = m_thinkingShown; i < m_thinking.blocks().size(); ++i)
        block.text += htmlOf(m_thinking.blocks().at(i));
    block.open = m_splitter.isThinking();
    block.seconds = m_seconds;
    if (std::exchange(m_hasThinking, true))
        m_blocks.first() = block;
    else
        m_blocks.prepend(block);
}

void AnswerParser::showAnswer(qsizetype firstChanged)
{
    m_blocks.resize((m_hasThinking ? 1 : 0) + firstChanged);
    m_blocks += m_answer.blocks().sliced(firstChanged);
}
