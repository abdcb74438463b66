// A chat in the sidebar.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: row

    required property real chatId
    required property string title
    required property string snippet
    required property real hitMessageId
    required property bool pinned
    required property bool current
    required property bool busy
    property bool shownAsCurrent: current
    property bool focused: false
    property bool renaming: false
    signal menuRequested()
    signal renamed(string title)

    implicitHeight: snippet === "" ? Theme.controlHeight : Math.round(60 * Theme.fontScale)
    leftPadding: Theme.gap
    rightPadding: Theme.gap
    text: title === "" ? qsTr("New chat") : title
    hoverEnabled: true
    focusPolicy: Qt.NoFocus
    Accessible.role: Accessible.ListItem
    Accessible.name: text
    Accessible.description: busy ? qsTr("Answering") : pinned ? qsTr("Pinned") : ""
    Accessible.selected: shownAsCurrent

    contentItem: Item {
        Body {
            id: label
            anchors { left: parent.left; right: mark.left; leftMargin: Theme.gap; rightMargin: 4 }
            y: row.snippet === "" ? (parent.height - height) / 2 : 5
            visible: !row.renaming
            text: row.text
            font.weight: row.shownAsCurrent ? Font.Medium : Font.Normal
            Accessible.ignored: true
        }
        Text {
            anchors { left: label.left; right: parent.right; top: label.bottom; rightMargin: Theme.gap }
            visible: row.snippet !== ""
            text: row.snippet
            textFormat: Text.StyledText
            wrapMode: Text.Wrap
            maximumLineCount: 2
            elide: Text.ElideRight
            color: Theme.textMuted
            font.pixelSize: Theme.caption
        }
        Row {
            id: mark
            anchors { right: parent.right; rightMargin: Theme.gap * 0.75; verticalCenter: label.verticalCenter }
            Rectangle {
                anchors.verticalCenter: parent.verticalCenter
                visible: row.busy
                width: 8
                height: 8
                radius: 4
                color: Theme.accent
            }
            Icon {
                anchors.verticalCenter: parent.verticalCenter
                visible: row.pinned && !row.hovered && !row.busy
                icon: "pin"
                size: 14
            }
            IconButton {
                visible: row.hovered && !row.renaming
                width: 26
                height: 26
                iconName: "more"
                iconSize: 16
                focusPolicy: Qt.NoFocus
                text: qsTr("More for %1").arg(row.text)
                onClicked: row.menuRequested()
            }
        }
        Lazy {
            active: row.renaming
            anchors.fill: parent
            content: RenameField {
                title: row.title
                onEntered: text => {
                    row.renaming = false
                    row.renamed(text)
                }
                onRejected: row.renaming = false
            }
        }
    }
    background: Rectangle {
        x: Theme.gap
        width: row.width - 2 * Theme.gap
        height: row.height
        radius: Theme.radiusSmall
        color: row.shownAsCurrent ? Theme.pressed : row.hovered ? Theme.hover : "transparent"
        FocusRing { shown: row.focused }
    }
    onDoubleClicked: renaming = true
    TapHandler {
        acceptedButtons: Qt.RightButton
        onTapped: row.menuRequested()
    }
}
