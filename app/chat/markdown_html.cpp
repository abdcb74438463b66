#include "chat/markdown_html.h"

#include <md4c.h>

#include <array>

namespace {

constexpr unsigned dialect = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML
    | MD_FLAG_NOINDENTEDCODEBLOCKS | MD_FLAG_PERMISSIVEURLAUTOLINKS;

QString escaped(const MD_CHAR* text, MD_SIZE size)
{
    return QString::fromUtf8(text, qsizetype(size)).toHtmlEscaped();
}

/// An attribute as HTML. Entities stay as written, so that none of them can hide a scheme.
QString attributeHtml(const MD_ATTRIBUTE& attribute)
{
    QString html;
    for (int i = 0; attribute.text && attribute.substr_offsets[i] < attribute.size; ++i) {
        const MD_OFFSET begin = attribute.substr_offsets[i];
        const MD_SIZE size = attribute.substr_offsets[i + 1] - begin;
        if (attribute.substr_types[i] == MD_TEXT_ENTITY)
            html += QString::fromUtf8(attribute.text + begin, qsizetype(size));
        else
            html += escaped(attribute.text + begin, size);
    }
    return html;
}

bool isAllowedLink(const QString& href)
{
    const std::array schemes = {QLatin1String("http://"), QLatin1String("https://"),
                                QLatin1String("mailto:")};
    return std::any_of(schemes.begin(), schemes.end(),
                       [&](QLatin1String scheme) { return href.startsWith(scheme, Qt::CaseInsensitive); });
}

QString alignmentOf(const void* detail)
{
    switch (static_cast<const MD_BLOCK_TD_DETAIL*>(detail)->align) {
    case MD_ALIGN_CENTER:
        return QStringLiteral(" align=\"center\"");
    case MD_ALIGN_RIGHT:
        return QStringLiteral(" align=\"right\"");
    default:
        return {};
    }
}

QString itemMark(const void* detail)
{
    const auto* item = static_cast<const MD_BLOCK_LI_DETAIL*>(detail);
    if (!item->is_task)
        return {};
    return item->task_mark == ' ' ? QStringLiteral("☐ ") : QStringLiteral("☑ ");
}

/// Collects md4c's events. A block of the message is what stands directly in the document; what is
/// nested in it becomes HTML.
class BlockWriter {
public:
    void enterBlock(MD_BLOCKTYPE type, const void* detail)
    {
        if (type == MD_BLOCK_DOC)
            return;
        if (m_depth++ == 0)
            begin(type, detail);
        m_block.text += openingTag(type, detail);
    }

    void leaveBlock(MD_BLOCKTYPE type)
    {
        if (type == MD_BLOCK_DOC)
            return;
        --m_depth;
        m_block.text += closingTag(type);
        if (m_depth == 0)
            end();
    }

    void enterSpan(MD_SPANTYPE type, const void* detail)
    {
        switch (type) {
        case MD_SPAN_A:
            openLink(static_cast<const MD_SPAN_A_DETAIL*>(detail)->href);
            break;
        case MD_SPAN_IMG:
            openLink(static_cast<const MD_SPAN_IMG_DETAIL*>(detail)->src);
            break;
        default:
            m_block.text += spanTag(type, QLatin1String("<"));
        }
    }

    void leaveSpan(MD_SPANTYPE type)
    {
        if (type == MD_SPAN_A || type == MD_SPAN_IMG)
            m_block.text += m_links.takeLast() ? QLatin1String("</a>") : QLatin1String();
        else
            m_block.text += spanTag(type, QLatin1String("</"));
    }

    void text(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size)
    {
        switch (type) {
        case MD_TEXT_NULLCHAR:
            m_block.text += QChar(QChar::ReplacementCharacter);
            break;
        case MD_TEXT_BR:
        case MD_TEXT_SOFTBR: // models break lines where they mean it
            m_block.text += QLatin1String("<br>");
            break;
        case MD_TEXT_ENTITY:
            m_block.text += QString::fromUtf8(text, qsizetype(size));
            break;
        default:
            m_block.text += isPlain() ? QString::fromUtf8(text, qsizetype(size)) : escaped(text, size);
        }
    }

    [[nodiscard]] QList<Block> take() { return std::move(m_blocks); }

private:
    /// Code of its own is the one block whose text is no HTML.
    [[nodiscard]] bool isPlain() const { return m_block.kind == BlockKind::Code; }

    void begin(MD_BLOCKTYPE type, const void* detail)
    {
        m_block = {};
        m_block.kind = kindOf(type);
        if (type == MD_BLOCK_H)
            m_block.level = int(static_cast<const MD_BLOCK_H_DETAIL*>(detail)->level);
        if (type == MD_BLOCK_CODE) {
            const MD_ATTRIBUTE& language = static_cast<const MD_BLOCK_CODE_DETAIL*>(detail)->lang;
            m_block.language = QString::fromUtf8(language.text, qsizetype(language.size));
        }
    }

    void end()
    {
        if (isPlain() && m_block.text.endsWith(QLatin1Char('\n')))
            m_block.text.chop(1);
        m_blocks.append(std::exchange(m_block, {}));
    }

    static BlockKind::Kind kindOf(MD_BLOCKTYPE type)
    {
        switch (type) {
        case MD_BLOCK_H:
            return BlockKind::Heading;
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            return BlockKind::List;
        case MD_BLOCK_QUOTE:
            return BlockKind::Quote;
        case MD_BLOCK_CODE:
            return BlockKind::Code;
        case MD_BLOCK_TABLE:
            return BlockKind::Table;
        case MD_BLOCK_HR:
            return BlockKind::Rule;
        default:
            return BlockKind::Paragraph;
        }
    }

    /// Blocks that their kind says all about need no tag of their own.
    [[nodiscard]] bool needsTag(MD_BLOCKTYPE type, int depth) const
    {
        const bool implied = type == MD_BLOCK_P || type == MD_BLOCK_H || type == MD_BLOCK_CODE
            || type == MD_BLOCK_QUOTE || type == MD_BLOCK_HR;
        return depth > 0 || !implied;
    }

    [[nodiscard]] QString openingTag(MD_BLOCKTYPE type, const void* detail) const
    {
        if (!needsTag(type, m_depth - 1))
            return {};
        switch (type) {
        case MD_BLOCK_OL:
            return QStringLiteral("<ol start=\"%1\">")
                .arg(static_cast<const MD_BLOCK_OL_DETAIL*>(detail)->start);
        case MD_BLOCK_LI:
            return QLatin1String("<li>") + itemMark(detail);
        case MD_BLOCK_TABLE:
            return QStringLiteral("<table border=\"1\" cellspacing=\"0\" cellpadding=\"6\" "
                                  "style=\"border-collapse:collapse; border-color:#808080\">");
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            return QLatin1Char('<') + blockTag(type) + alignmentOf(detail) + QLatin1Char('>');
        case MD_BLOCK_HR:
            return QStringLiteral("<hr>");
        default:
            return tagged(QLatin1String("<"), blockTag(type));
        }
    }

    [[nodiscard]] QString closingTag(MD_BLOCKTYPE type) const
    {
        if (!needsTag(type, m_depth) || type == MD_BLOCK_HR)
            return {};
        return tagged(QLatin1String("</"), blockTag(type));
    }

    static QString tagged(QLatin1String opening, QLatin1String tag)
    {
        return tag.isEmpty() ? QString() : opening + tag + QLatin1Char('>');
    }

    static QLatin1String blockTag(MD_BLOCKTYPE type)
    {
        switch (type) {
        case MD_BLOCK_QUOTE:
            return QLatin1String("blockquote");
        case MD_BLOCK_UL:
            return QLatin1String("ul");
        case MD_BLOCK_OL:
            return QLatin1String("ol");
        case MD_BLOCK_LI:
            return QLatin1String("li");
        case MD_BLOCK_H:
            return QLatin1String("h4");
        case MD_BLOCK_CODE:
            return QLatin1String("pre");
        case MD_BLOCK_P:
            return QLatin1String("p");
        case MD_BLOCK_TABLE:
            return QLatin1String("table");
        case MD_BLOCK_TR:
            return QLatin1String("tr");
        case MD_BLOCK_TH:
            return QLatin1String("th");
        case MD_BLOCK_TD:
            return QLatin1String("td");
        default:
            return {};
        }
    }

    static QString spanTag(MD_SPANTYPE type, QLatin1String opening)
    {
        switch (type) {
        case MD_SPAN_EM:
            return tagged(opening, QLatin1String("i"));
        case MD_SPAN_STRONG:
            return tagged(opening, QLatin1String("b"));
        case MD_SPAN_CODE:
            return tagged(opening, QLatin1String("code"));
        case MD_SPAN_DEL:
            return tagged(opening, QLatin1String("s"));
        default:
            return {};
        }
    }

    void openLink(const MD_ATTRIBUTE& target)
    {
        const QString href = attributeHtml(target);
        // A link around an image stays one link.
        const bool nested = m_links.contains(true);
        m_links.append(!nested && isAllowedLink(href));
        if (m_links.last())
            m_block.text += QLatin1String("<a href=\"") + href + QLatin1String("\">");
    }

    QList<Block> m_blocks;
    Block m_block;
    QList<bool> m_links; ///< of the open links: whether a tag was written
    int m_depth = 0; ///< open blocks below the document
};

BlockWriter& writer(void* self)
{
    return *static_cast<BlockWriter*>(self);
}

} // namespace

QList<Block> markdownBlocks(const QString& markdown)
{
    MD_PARSER parser = {};
    parser.flags = dialect;
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) {
        writer(self).enterBlock(type, detail);
        return 0;
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) {
        writer(self).leaveBlock(type);
        return 0;
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* self) {
        writer(self).enterSpan(type, detail);
        return 0;
    };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* self) {
        writer(self).leaveSpan(type);
        return 0;
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self) {
        writer(self).text(type, text, size);
        return 0;
    };
    const QByteArray utf8 = markdown.toUtf8();
    BlockWriter blocks;
    md_parse(utf8.constData(), MD_SIZE(utf8.size()), &parser, &blocks);
    return blocks.take();
}
