#include "chat/chat_sections.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>

namespace {

constexpr qsizetype titleLength = 48;
constexpr qsizetype previewLength = 120;

QString tr(const char* text)
{
    return QCoreApplication::translate("ChatListModel", text);
}

/// At most `length` characters on one line, cut between words where possible.
QString shortened(const QString& text, qsizetype length)
{
    const QString line = text.left(length * 4).simplified();
    if (line.size() <= length)
        return line;
    const qsizetype space = line.lastIndexOf(QLatin1Char(' '), length);
    return line.left(space > length / 2 ? space : length) + QChar(0x2026);
}

} // namespace

QString chatSection(bool pinned, const QDateTime& updatedAt, const QDateTime& now)
{
    if (pinned)
        return tr("Pinned");
    const qint64 days = updatedAt.date().daysTo(now.date());
    if (days <= 0)
        return tr("Today");
    if (days == 1)
        return tr("Yesterday");
    if (days <= 7)
        return tr("Previous 7 days");
    return QLocale().toString(updatedAt.date(), QStringLiteral("MMMM yyyy"));
}

QString titleFrom(const QString& message)
{
    return shortened(message, titleLength);
}

QString previewOf(const QString& message)
{
    return shortened(message, previewLength);
}
