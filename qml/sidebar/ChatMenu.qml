// What can be done with a chat of the sidebar.
import QtQuick
import RocmForge.Ui

AppMenu {
    id: menu

    property ChatRow row: null
    signal pinToggled(real chatId, bool pinned)
    signal duplicated(real chatId)
    signal trashed(real chatId)

    AppMenuItem {
        iconName: "edit"
        text: qsTr("Rename")
        hint: "F2"
        onTriggered: menu.row.renaming = true
    }
    AppMenuItem {
        iconName: "pin"
        text: menu.row !== null && menu.row.pinned ? qsTr("Unpin") : qsTr("Pin")
        onTriggered: menu.pinToggled(menu.row.chatId, !menu.row.pinned)
    }
    AppMenuItem {
        iconName: "duplicate"
        text: qsTr("Duplicate")
        onTriggered: menu.duplicated(menu.row.chatId)
    }
    AppMenuItem {
        iconName: "trash"
        destructive: true
        text: qsTr("Move to trash")
        hint: "Del"
        onTriggered: menu.trashed(menu.row.chatId)
    }
}
