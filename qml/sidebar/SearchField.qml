// Searches every message as one types.
import QtQuick
import RocmForge.Ui

Field {
    id: field

    signal listRequested()
    signal cleared()

    placeholderText: qsTr("Search")
    leftPadding: Math.round(34 * Theme.fontScale)
    rightPadding: text === "" ? Theme.gap : Theme.controlHeight
    Accessible.name: qsTr("Search in all chats")

    Keys.onShortcutOverride: event => { event.accepted = event.key === Qt.Key_Escape && text !== "" }
    Keys.onEscapePressed: event => {
        event.accepted = text !== ""
        cleared()
    }
    Keys.onDownPressed: listRequested()
    Keys.onReturnPressed: listRequested()

    Icon {
        x: Theme.gap
        anchors.verticalCenter: parent.verticalCenter
        icon: "search"
        size: 16
    }
    Caption {
        anchors { right: parent.right; rightMargin: Theme.gap; verticalCenter: parent.verticalCenter }
        visible: field.text === "" && !field.activeFocus
        text: "Ctrl+K"
        Accessible.ignored: true
    }
    IconButton {
        anchors.right: parent.right
        visible: field.text !== ""
        iconName: "close"
        iconSize: 14
        text: qsTr("Clear the search")
        onClicked: field.cleared()
    }
}
