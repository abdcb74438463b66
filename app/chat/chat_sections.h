// How the chats of the sidebar are grouped, and what they are called.
#pragma once

#include <QtCore/QDateTime>
#include <QtCore/QString>

/// "Pinned", "Today", "Yesterday", "Previous 7 days", or the month: "March 2025". Translated.
[[nodiscard]] QString chatSection(bool pinned, const QDateTime& updatedAt, const QDateTime& now);

/// The first words of a message, as a title until a better one is known.
[[nodiscard]] QString titleFrom(const QString& message);

/// The beginning of a message as one line.
[[nodiscard]] QString previewOf(const QString& message);
