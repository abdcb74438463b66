// A page beside the chat: a title, a column that scrolls, at a width that reads well.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

FocusScope {
    id: frame

    required property string title
    default property alias content: column.data
    property alias actions: actionRow.data
    signal closed()

    Item {
        id: head
        anchors { left: parent.left; right: parent.right; top: parent.top }
        height: Theme.controlHeight + Theme.gap * 2
        Text {
            anchors { left: parent.left; right: actionRow.left; verticalCenter: parent.verticalCenter }
            anchors { leftMargin: Theme.margin * 1.5; rightMargin: Theme.gap }
            text: frame.title
            elide: Text.ElideRight
            color: Theme.text
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        Row {
            id: actionRow
            anchors { right: close.left; rightMargin: Theme.gap; verticalCenter: parent.verticalCenter }
            spacing: Theme.gap
        }
        IconButton {
            id: close
            anchors { right: parent.right; rightMargin: Theme.gap; verticalCenter: parent.verticalCenter }
            iconName: "close"
            text: qsTr("Back to the chat")
            hint: "Esc"
            onClicked: frame.closed()
        }
        Divider {
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        }
    }
    Flickable {
        id: flick
        anchors { left: parent.left; right: parent.right; top: head.bottom; bottom: parent.bottom }
        contentHeight: column.height + 2 * Theme.margin * 1.5
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        ScrollBar.vertical: SlimScrollBar {}

        Column {
            id: column
            anchors.horizontalCenter: parent.horizontalCenter
            y: Theme.margin * 1.5
            width: Math.min(Theme.readingWidth, flick.width - 3 * Theme.margin)
            spacing: Theme.margin
        }
    }
}
