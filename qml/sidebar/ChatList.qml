// The chats by section, or the hits of a search.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

SectionedList {
    id: list

    required property bool searching
    required property bool loaded
    required property bool chatShown
    signal opened(real chatId, real messageId)
    signal renamed(real chatId, string title)
    signal pinToggled(real chatId, bool pinned)
    signal duplicated(real chatId)
    signal trashed(real chatId)

    function showMenu(row) {
        (menu.createObject(list, { row: row }) as ChatMenu).popup()
    }

    clip: true
    spacing: 1
    currentIndex: -1
    highlightFollowsCurrentItem: true
    highlightMoveDuration: 0
    highlightResizeDuration: 0
    activeFocusOnTab: true
    boundsBehavior: Flickable.StopAtBounds
    ScrollBar.vertical: SlimScrollBar {}

    Accessible.role: Accessible.List
    Accessible.name: searching ? qsTr("Search results") : qsTr("Chats")

    onActiveFocusChanged: if (activeFocus && currentIndex < 0) currentIndex = 0

    section.property: searching ? "" : "section"
    delegate: ChatRow {
        id: row
        width: list.width
        shownAsCurrent: current && list.chatShown
        focused: list.activeFocus && ListView.isCurrentItem
        onClicked: list.opened(chatId, hitMessageId)
        onMenuRequested: list.showMenu(row)
        onRenamed: title => list.renamed(chatId, title)
    }
    Keys.onReturnPressed: if (currentItem) (currentItem as ChatRow).clicked()
    Keys.onSpacePressed: if (currentItem) (currentItem as ChatRow).clicked()
    Keys.onMenuPressed: if (currentItem) showMenu(currentItem)
    Keys.onDeletePressed: if (currentItem) trashed((currentItem as ChatRow).chatId)
    Keys.onPressed: event => {
        if (event.key === Qt.Key_F2 && currentItem)
            (currentItem as ChatRow).renaming = true
    }

    Caption {
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.margin }
        visible: list.loaded && list.count === 0
        wrapMode: Text.Wrap
        text: list.searching ? qsTr("Nothing found") : qsTr("Chats will be listed here.")
    }
    Component {
        id: menu
        ChatMenu {
            onClosed: destroy()
            onPinToggled: (chatId, pinned) => list.pinToggled(chatId, pinned)
            onDuplicated: chatId => list.duplicated(chatId)
            onTrashed: chatId => list.trashed(chatId)
        }
    }
}
