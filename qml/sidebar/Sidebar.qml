// The pane of chats: new chat, search, the list by time, and the pages.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

FocusScope {
    id: sidebar

    required property string currentPage
    signal pageRequested(string name)
    signal hitRequested(real messageId)
    signal collapseRequested()

    function focusSearch() {
        search.forceActiveFocus(Qt.ShortcutFocusReason)
        search.selectAll()
    }

    Item {
        id: top
        anchors { left: parent.left; right: parent.right; top: parent.top; margins: Theme.gap }
        height: Theme.controlHeight
        SidebarButton {
            anchors { left: parent.left; right: collapse.left; rightMargin: 4 }
            iconName: "new-chat"
            text: qsTr("New chat")
            hint: "Ctrl+N"
            onClicked: {
                App.chats.newChat()
                sidebar.pageRequested("chat")
            }
        }
        IconButton {
            id: collapse
            anchors.right: parent.right
            iconName: "sidebar"
            text: qsTr("Hide the sidebar")
            hint: "Ctrl+B"
            onClicked: sidebar.collapseRequested()
        }
    }
    SearchField {
        id: search
        anchors { left: parent.left; right: parent.right; top: top.bottom; margins: Theme.gap }
        text: App.chats.searchText
        onTextEdited: App.chats.searchText = text
        onListRequested: list.forceActiveFocus()
        onCleared: App.chats.searchText = ""
    }
    ChatList {
        id: list
        anchors { left: parent.left; right: parent.right; top: search.bottom; bottom: pages.top }
        anchors { topMargin: Theme.gap; bottomMargin: Theme.gap }
        model: App.chats
        searching: App.chats.searchText !== ""
        loaded: App.chats.loaded
        chatShown: sidebar.currentPage === "chat"
        onOpened: (chatId, messageId) => {
            App.chats.open(chatId)
            sidebar.pageRequested("chat")
            if (messageId !== 0)
                sidebar.hitRequested(messageId)
        }
        onRenamed: (chatId, title) => App.chats.rename(chatId, title)
        onPinToggled: (chatId, pinned) => App.chats.setPinned(chatId, pinned)
        onDuplicated: chatId => App.chats.duplicate(chatId)
        onTrashed: chatId => App.chats.moveToTrash(chatId)
    }
    Column {
        id: pages
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: Theme.gap }
        spacing: 2
        Divider { width: parent.width }
        Item { width: 1; height: 4 }
        Repeater {
            model: Pages.entries
            SidebarButton {
                required property var modelData
                width: pages.width
                iconName: modelData.icon
                text: modelData.title
                hint: modelData.shortcut
                checked: sidebar.currentPage === modelData.name
                onClicked: sidebar.pageRequested(modelData.name)
            }
        }
    }
}
