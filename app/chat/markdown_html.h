// A piece of Markdown as typed blocks with rich text of Qt's subset.
#pragma once

#include "chat/block.h"

#include <QtCore/QList>

/// The text is untrusted: HTML in it is shown as text, images become links, and links other than
/// http, https and mailto become plain text.
[[nodiscard]] QList<Block> markdownBlocks(const QString& markdown);
