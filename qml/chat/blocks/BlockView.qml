// One block of a message: picks the component of its kind.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

Lazy {
    id: view

    required property int kind
    required property string text
    required property string language
    required property int level
    required property bool open
    required property real seconds
    signal copyRequested(string text)

    content: {
        switch (kind) {
        case Block.Heading: return heading
        case Block.Quote: return quote
        case Block.Code: return code
        case Block.Table: return table
        case Block.Thinking: return thinking
        case Block.Rule: return rule
        case Block.Error: return error
        case Block.Notice: return notice
        default: return paragraph
        }
    }

    Component {
        id: paragraph
        RichText { body: view.text }
    }
    Component {
        id: heading
        HeadingBlock {
            body: view.text
            level: view.level
        }
    }
    Component {
        id: quote
        QuoteBlock { body: view.text }
    }
    Component {
        id: code
        CodeBlock {
            code: view.text
            language: view.language
            open: view.open
            onCopyRequested: text => view.copyRequested(text)
        }
    }
    Component {
        id: table
        TableBlock { body: view.text }
    }
    Component {
        id: thinking
        ThinkingBlock {
            body: view.text
            open: view.open
            seconds: view.seconds
        }
    }
    Component {
        id: rule
        Divider {}
    }
    Component {
        id: error
        ErrorBlock { body: view.text }
    }
    Component {
        id: notice
        NoticeBlock { body: view.text }
    }
}
