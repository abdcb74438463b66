// The models at hand; choosing one loads it.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import RocmForge
import RocmForge.Ui

Popup {
    id: picker

    signal openFileRequested()
    signal modelsRequested()

    padding: Theme.unit * 0.75
    margins: Theme.gap
    width: Math.round(360 * Theme.fontScale)
    focus: true
    onOpened: list.forceActiveFocus()

    contentItem: Column {
        ListView {
            id: list
            width: parent.width
            height: Math.min(contentHeight, 320)
            clip: true
            focus: true
            model: App.models
            boundsBehavior: Flickable.StopAtBounds
            keyNavigationWraps: true
            KeyNavigation.tab: openFile
            ScrollBar.vertical: SlimScrollBar {}
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Models")
            delegate: ModelPickerRow {
                width: list.width
                loaded: path === App.engine.modelPath && App.engine.ready
                onClicked: {
                    App.engine.load(path)
                    picker.close()
                }
            }
        }
        Item {
            width: parent.width
            height: Theme.gap * 1.5
            Divider {
                anchors.verticalCenter: parent.verticalCenter
                width: parent.width
            }
        }
        PickerButton {
            id: openFile
            iconName: "file"
            text: qsTr("Open a GGUF file…")
            onClicked: picker.openFileRequested()
        }
        PickerButton {
            iconName: "models"
            text: qsTr("Manage models")
            hint: "Ctrl+M"
            onClicked: picker.modelsRequested()
        }
        PickerButton {
            visible: App.engine.ready
            iconName: "eject"
            text: qsTr("Unload the model")
            onClicked: App.engine.unload()
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: Theme.popup
        border.width: 1
        border.color: Theme.border
        Shadow {}
    }

    component PickerButton: AppMenuItem {
        width: parent.width
        focusPolicy: Qt.StrongFocus
        highlighted: hovered || visualFocus
        Keys.onReturnPressed: clicked()
        onClicked: picker.close()
    }
}
