// One typed piece of a message, as the window shows it.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtQml/qqmlregistration.h>

/// The kinds, for QML as Block.Paragraph, Block.Code, …
namespace BlockKind {
Q_NAMESPACE
QML_NAMED_ELEMENT(Block)

enum Kind {
    Paragraph,
    Heading,
    List,
    Quote,
    Code,
    Table,
    Thinking,
    Rule,
    Error,
    Notice,
};
Q_ENUM_NS(Kind)
} // namespace BlockKind

struct Block {
    BlockKind::Kind kind = BlockKind::Paragraph;
    QString text; ///< Code: plain text without the final newline; others: rich text of Qt's subset
    QString language; ///< Code: the first word of the fence's info, may be empty
    int level = 0; ///< Heading: 1 … 6
    bool open = false; ///< more may follow: the last block of a streaming answer
    double seconds = 0; ///< Thinking: how long it took, 0 while unknown

    friend bool operator==(const Block&, const Block&) = default;
};
