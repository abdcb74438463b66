// What can be done with a message. Emits action(name, argument).
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge.Ui

Row {
    id: actions

    required property bool typed
    required property bool busy
    required property int branchIndex
    required property int branchCount
    required property var details
    property bool onlyBranches: false
    signal action(string name, var argument)

    Accessible.role: Accessible.ToolBar
    Accessible.name: qsTr("Actions of the message")

    BranchSwitcher {
        visible: actions.branchCount > 1
        enabled: !actions.busy
        branchIndex: actions.branchIndex
        branchCount: actions.branchCount
        onSelected: index => actions.action("branch", index)
    }
    CopyButton {
        visible: !actions.onlyBranches
        text: qsTr("Copy")
        hint: actions.typed ? "" : "Ctrl+Shift+C"
        onClicked: actions.action("copy", null)
    }
    ActionButton {
        iconName: "edit"
        text: actions.typed ? qsTr("Edit and answer anew") : qsTr("Edit")
        onClicked: actions.action("startEdit", null)
    }
    ActionButton {
        iconName: "refresh"
        text: actions.typed ? qsTr("Answer again") : qsTr("Regenerate")
        hint: "Ctrl+R"
        onClicked: actions.action("regenerate", null)
    }
    ActionButton {
        visible: !actions.typed && !actions.onlyBranches
        iconName: "continue"
        text: qsTr("Continue")
        onClicked: actions.action("continue", null)
    }
    ActionButton {
        iconName: "trash"
        text: qsTr("Delete from here on")
        onClicked: actions.action("delete", null)
    }
    IconButton {
        id: detailsButton
        visible: !actions.typed && !actions.onlyBranches
        iconName: "info"
        iconSize: 16
        text: qsTr("Details")
        onClicked: (popup.createObject(detailsButton) as MessageDetails).open()
    }
    Component {
        id: popup
        MessageDetails {
            details: actions.details
            onClosed: destroy()
        }
    }

    component ActionButton: IconButton {
        visible: !actions.onlyBranches
        enabled: !actions.busy
        iconSize: 16
    }
}
