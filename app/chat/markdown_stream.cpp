#include "chat/markdown_stream.h"

#include "chat/markdown_html.h"

qsizetype MarkdownStream::append(const QString& text)
{
    const qsizetype firstChanged = m_settled;
    m_tail += text;
    m_tail.remove(QLatin1Char('\r'));
    settle(TextEnd::Open);
    m_blocks += markdownBlocks(m_tail);
    if (m_blocks.size() > m_settled)
        m_blocks.last().open = true;
    return firstChanged;
}

qsizetype MarkdownStream::finish()
{
    const qsizetype firstChanged = m_settled;
    settle(TextEnd::Final);
    return firstChanged;
}

void MarkdownStream::settle(TextEnd end)
{
    m_blocks.resize(m_settled);
    qsizetype begin = 0;
    for (;;) {
        const qsizetype size = settledChunk(QStringView(m_tail).sliced(begin), end);
        if (size < 0)
            break;
        m_blocks += markdownBlocks(m_tail.mid(begin, size));
        begin += size;
    }
    m_tail.remove(0, begin);
    m_settled = m_blocks.size();
}
