#include "chat/markdown_chunks.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace {

struct Fence {
    QChar mark;
    qsizetype length = 0;
};

/// One line without its newline, seen as a block of Markdown might begin with it.
class Line {
public:
    explicit Line(QStringView text)
    {
        qsizetype i = 0;
        for (; i < text.size() && (text[i] == u' ' || text[i] == u'\t'); ++i)
            m_indent = text[i] == u'\t' ? m_indent / 4 * 4 + 4 : m_indent + 1;
        m_rest = text.sliced(i);
    }

    [[nodiscard]] qsizetype indent() const { return m_indent; }
    [[nodiscard]] bool isBlank() const { return m_rest.isEmpty(); }

    [[nodiscard]] bool isHeading() const
    {
        const qsizetype level = run(u'#');
        return m_indent < 4 && level >= 1 && level <= 6
            && (m_rest.size() == level || m_rest[level].isSpace());
    }

    [[nodiscard]] bool isRule() const
    {
        if (m_indent >= 4 || m_rest.isEmpty() || !QStringView(u"*-_").contains(m_rest[0]))
            return false;
        const auto isMark = [&](QChar c) { return c == m_rest[0]; };
        const bool onlyMarks =
            std::all_of(m_rest.begin(), m_rest.end(), [&](QChar c) { return isMark(c) || c.isSpace(); });
        return onlyMarks && std::count_if(m_rest.begin(), m_rest.end(), isMark) >= 3;
    }

    [[nodiscard]] std::optional<Fence> fence() const
    {
        for (const QChar mark : {QChar(u'`'), QChar(u'~')}) {
            const qsizetype length = run(mark);
            const bool isInlineCode =
                mark == u'`' && m_rest.sliced(std::max<qsizetype>(length, 0)).contains(mark);
            if (length >= 3 && !isInlineCode)
                return Fence{mark, length};
        }
        return std::nullopt;
    }

    [[nodiscard]] bool closes(const Fence& fence) const
    {
        const qsizetype length = run(fence.mark);
        return length >= fence.length && m_rest.sliced(length).trimmed().isEmpty();
    }

    /// Column where the content of a list item begins that this line opens; 0 = it opens none.
    [[nodiscard]] qsizetype itemContent() const
    {
        const qsizetype marker = isRule() ? 0 : markerLength();
        if (marker == 0 || (m_rest.size() > marker && !m_rest[marker].isSpace()))
            return 0;
        qsizetype spaces = 0;
        while (marker + spaces < m_rest.size() && m_rest[marker + spaces] == u' ')
            ++spaces;
        return m_indent + marker + (spaces >= 1 && spaces <= 4 ? spaces : 1);
    }

    /// A list item that may follow a line of text without a blank line between.
    [[nodiscard]] bool interruptsParagraph() const
    {
        const qsizetype marker = markerLength();
        if (m_indent >= 4 || itemContent() == 0 || m_rest.size() <= marker + 1)
            return false;
        return !m_rest[0].isDigit() || m_rest.first(marker - 1) == u"1";
    }

private:
    [[nodiscard]] qsizetype run(QChar mark) const
    {
        const auto end = std::find_if(m_rest.begin(), m_rest.end(), [&](QChar c) { return c != mark; });
        return end - m_rest.begin();
    }

    [[nodiscard]] qsizetype markerLength() const
    {
        if (m_rest.isEmpty())
            return 0;
        if (QStringView(u"-+*").contains(m_rest[0]))
            return 1;
        qsizetype digits = 0;
        while (digits < m_rest.size() && m_rest[digits] >= u'0' && m_rest[digits] <= u'9')
            ++digits;
        const bool ordered = digits >= 1 && digits <= 9 && digits < m_rest.size()
            && (m_rest[digits] == u'.' || m_rest[digits] == u')');
        return ordered ? digits + 1 : 0;
    }

    QStringView m_rest; ///< behind the indentation
    qsizetype m_indent = 0; ///< columns
};

/// Follows the lines of one chunk.
class ChunkScanner {
public:
    enum class Verdict { Within, EndsBefore, EndsAfter };

    Verdict next(const Line& line)
    {
        switch (m_kind) {
        case Kind::None:
            return begin(line);
        case Kind::Fence:
            return line.indent() < 4 && line.closes(m_fence) ? Verdict::EndsAfter : Verdict::Within;
        case Kind::List:
            return nextOfList(line);
        case Kind::Text:
            break;
        }
        return nextOfText(line);
    }

private:
    enum class Kind { None, Text, List, Fence };

    Verdict begin(const Line& line)
    {
        if (line.isBlank())
            return Verdict::Within;
        m_kind = Kind::Text;
        if (line.isHeading() || line.isRule())
            return Verdict::EndsAfter;
        if (const auto fence = line.fence(); fence && line.indent() < 4) {
            m_kind = Kind::Fence;
            m_fence = *fence;
        } else if (line.indent() < 4 && line.itemContent() > 0) {
            m_kind = Kind::List;
            m_content = line.itemContent();
        }
        return Verdict::Within;
    }

    Verdict nextOfText(const Line& line)
    {
        if (line.isBlank())
            return Verdict::EndsAfter;
        const bool opensFence = line.indent() < 4 && line.fence();
        return opensFence || line.isHeading() || line.interruptsParagraph() ? Verdict::EndsBefore
                                                                            : Verdict::Within;
    }

    Verdict nextOfList(const Line& line)
    {
        const bool outside = line.indent() < m_content;
        if (line.isBlank()) {
            m_afterBlank = true;
            return Verdict::Within;
        }
        const bool afterBlank = std::exchange(m_afterBlank, false);
        if (m_innerFence && !outside) {
            if (line.closes(*m_innerFence))
                m_innerFence.reset();
            return Verdict::Within;
        }
        if (outside && line.itemContent() > 0) {
            m_content = std::min(m_content, line.itemContent());
            return Verdict::Within;
        }
        if (outside && (afterBlank || (line.fence() && line.indent() < 4)))
            return Verdict::EndsBefore;
        m_innerFence = outside ? std::nullopt : line.fence();
        return Verdict::Within;
    }

    Kind m_kind = Kind::None;
    Fence m_fence;
    std::optional<Fence> m_innerFence; ///< inside a list item
    qsizetype m_content = 0; ///< leftmost column of the list's content
    bool m_afterBlank = false;
};

} // namespace

qsizetype settledChunk(QStringView text, TextEnd end)
{
    ChunkScanner scanner;
    for (qsizetype begin = 0; begin < text.size();) {
        const qsizetype newline = text.indexOf(u'\n', begin);
        if (newline < 0 && end == TextEnd::Open)
            return -1; // the rest of this line may make it something else
        const qsizetype lineEnd = newline < 0 ? text.size() : newline;
        const qsizetype next = std::min(lineEnd + 1, text.size());
        switch (scanner.next(Line(text.sliced(begin, lineEnd - begin)))) {
        case ChunkScanner::Verdict::Within:
            break;
        case ChunkScanner::Verdict::EndsBefore:
            return begin;
        case ChunkScanner::Verdict::EndsAfter:
            return next;
        }
        begin = next;
    }
    return end == TextEnd::Final && !text.isEmpty() ? text.size() : -1;
}
