// One message: a bubble for what was typed, the full reading width for an answer, actions below.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge.Ui

FocusScope {
    id: message

    required property int index
    required property real messageId
    required property string role
    required property var blocks
    required property string plainText
    required property bool streaming
    required property int branchIndex
    required property int branchCount
    required property var details

    property bool last: false
    property bool busy: false
    property bool editing: false
    readonly property bool typed: role === "user"
    readonly property real columnWidth: Math.min(Theme.readingWidth, width - 2 * Theme.margin)
    signal copyRequested(string text)
    signal action(string name, var argument)

    implicitHeight: body.height + footer.height + Theme.gap * (typed ? 1 : 2)
    height: implicitHeight

    Accessible.role: Accessible.ListItem
    Accessible.name: typed ? qsTr("You: %1").arg(plainText) : qsTr("Answer: %1").arg(plainText)

    HoverHandler { id: hover }

    Rectangle {
        anchors { fill: body; margins: -4 }
        radius: bubble.radius + 4
        visible: message.activeFocus && message.ListView.isCurrentItem && !message.editing
        color: "transparent"
        border.width: 2
        border.color: Theme.accent
    }
    Item {
        id: body
        anchors.horizontalCenter: parent.horizontalCenter
        width: message.columnWidth
        height: message.editing ? editor.height : bubble.height

        Rectangle {
            id: bubble
            readonly property int inset: message.typed ? Theme.margin * 0.75 : 0
            visible: !message.editing
            anchors.right: message.typed ? parent.right : undefined
            width: message.typed ? Math.min(parent.width * 0.85, content.naturalWidth + 2 * inset + 2)
                                 : parent.width
            height: content.height + 2 * inset
            radius: message.typed ? Theme.radiusLarge : 0
            color: message.typed ? Theme.bubble : "transparent"

            BlockColumn {
                id: content
                x: bubble.inset
                y: bubble.inset
                width: bubble.width - 2 * bubble.inset
                blocks: message.blocks
                measured: message.typed
                onCopyRequested: text => message.copyRequested(text)
            }
        }
        Lazy {
            id: editor
            active: message.editing
            width: parent.width
            content: MessageEditor {
                original: message.plainText
                resends: message.typed
                onAccepted: text => {
                    message.editing = false
                    message.action("edit", text)
                }
                onRejected: message.editing = false
            }
        }
    }
    MessageFooter {
        id: footer
        anchors { top: body.bottom; horizontalCenter: parent.horizontalCenter }
        width: message.columnWidth
        typed: message.typed
        streaming: message.streaming
        waiting: message.streaming && content.height < 4
        busy: message.busy
        branchIndex: message.branchIndex
        branchCount: message.branchCount
        details: message.details
        shown: !message.editing && (message.last || hover.hovered || message.activeFocus)
        onAction: (name, argument) => {
            if (name === "startEdit")
                message.editing = true
            else
                message.action(name, argument)
        }
    }
}
