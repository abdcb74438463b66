// The head of a chat: which model answers, what it runs on, and the panes' buttons.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

Item {
    id: header

    required property EngineController engine
    required property bool sidebarShown
    required property bool inspectorShown
    signal sidebarToggled()
    signal inspectorToggled()
    signal openFileRequested()
    signal modelsRequested()

    function openPicker() {
        (picker.createObject(button) as ModelPicker).open()
    }

    implicitHeight: Theme.controlHeight + Theme.gap * 2

    RowLayout {
        anchors { fill: parent; leftMargin: Theme.gap; rightMargin: Theme.gap }
        spacing: Theme.gap * 0.5

        IconButton {
            visible: !header.sidebarShown
            iconName: "sidebar"
            text: qsTr("Show the sidebar")
            hint: "Ctrl+B"
            onClicked: header.sidebarToggled()
        }
        ModelButton {
            id: button
            Layout.fillWidth: true
            Layout.maximumWidth: implicitWidth
            engineState: header.engine.state
            name: header.engine.modelName
            progress: header.engine.progress
            onClicked: header.openPicker()
        }
        Badge {
            Layout.fillWidth: true
            Layout.maximumWidth: implicitWidth
            Layout.minimumWidth: 0
            visible: text !== "" && header.width > 420
            text: header.engine.state === EngineController.Loading ? header.engine.progressText
                                                                   : header.engine.badge
        }
        IconButton {
            visible: header.engine.state === EngineController.Loading
            iconName: "close"
            iconSize: 16
            text: qsTr("Cancel loading")
            onClicked: header.engine.cancelLoad()
        }
        Item { Layout.fillWidth: true }
        IconButton {
            iconName: "inspector"
            checked: header.inspectorShown
            text: header.inspectorShown ? qsTr("Hide the inspector") : qsTr("Show the inspector")
            hint: "Ctrl+I"
            onClicked: header.inspectorToggled()
        }
    }
    Component {
        id: picker
        ModelPicker {
            y: button.height + 4
            onOpenFileRequested: header.openFileRequested()
            onModelsRequested: header.modelsRequested()
            onClosed: destroy()
        }
    }
    Divider {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
    }
}
