// Where a Markdown text can be cut so that its pieces mean the same apart as together.
#pragma once

#include <QtCore/QStringView>

enum class TextEnd {
    Open, ///< more may follow
    Final,
};

/// Length of the first piece of `text` that nothing behind it can change any more; -1 when there is
/// none yet. Pieces are made large rather than wrong: a list with all its items, a fence to its end.
[[nodiscard]] qsizetype settledChunk(QStringView text, TextEnd end);
