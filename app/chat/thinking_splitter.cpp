#include "chat/thinking_splitter.h"

#include <algorithm>
#include <utility>

namespace {

constexpr QLatin1String openingTag("<think>");
constexpr QLatin1String closingTag("</think>");

/// Length of the end of `text` that may be the beginning of `tag`.
qsizetype partialTag(const QString& text, QLatin1String tag)
{
    for (qsizetype length = std::min(text.size(), tag.size() - 1); length > 0; --length) {
        if (QStringView(text).last(length) == tag.first(length))
            return length;
    }
    return 0;
}

} // namespace

ThinkingSplitter::Parts ThinkingSplitter::append(const QString& text)
{
    Parts parts;
    m_held += text;
    if (m_phase == Phase::Beginning)
        takeBeginning();
    if (m_phase == Phase::Thinking)
        takeThinking(parts);
    if (m_phase == Phase::AfterThinking)
        skipBlankLines();
    if (m_phase == Phase::Answer)
        parts.answer += std::exchange(m_held, {});
    return parts;
}

ThinkingSplitter::Parts ThinkingSplitter::finish()
{
    QString rest = std::exchange(m_held, {});
    if (m_phase == Phase::Thinking)
        return {rest, {}};
    return {{}, rest};
}

void ThinkingSplitter::takeBeginning()
{
    const QString begun = m_held.trimmed();
    if (begun.startsWith(openingTag)) {
        m_held = begun.sliced(openingTag.size());
        m_phase = Phase::Thinking;
    } else if (!QString(openingTag).startsWith(begun)) {
        m_phase = Phase::Answer;
    }
}

void ThinkingSplitter::takeThinking(Parts& parts)
{
    const qsizetype end = m_held.indexOf(closingTag);
    const qsizetype taken = end >= 0 ? end : m_held.size() - partialTag(m_held, closingTag);
    parts.thinking = m_held.first(taken);
    m_held.remove(0, end >= 0 ? end + closingTag.size() : taken);
    if (end >= 0)
        m_phase = Phase::AfterThinking;
}

void ThinkingSplitter::skipBlankLines()
{
    const auto text =
        std::find_if(m_held.begin(), m_held.end(), [](QChar c) { return c != u'\n' && c != u'\r'; });
    m_held.remove(0, text - m_held.begin());
    if (!m_held.isEmpty())
        m_phase = Phase::Answer;
}

QString withoutThinking(const QString& text)
{
    ThinkingSplitter splitter;
    return splitter.append(text).answer + splitter.finish().answer;
}
