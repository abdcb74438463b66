// "Ember 10M ▾": the loaded model and the way to another one.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge
import RocmForge.Ui

AbstractButton {
    id: button

    required property int engineState
    required property string name
    required property real progress

    text: {
        switch (engineState) {
        case EngineController.Loading: return qsTr("Loading %1…").arg(name)
        case EngineController.Ready: return name
        case EngineController.Failed: return name === "" ? qsTr("Choose a model") : name
        default: return qsTr("Choose a model")
        }
    }
    implicitHeight: Theme.controlHeight
    implicitWidth: label.implicitWidth + arrow.width + 14
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.ButtonMenu
    Accessible.name: qsTr("Model: %1").arg(text)
    Keys.onReturnPressed: clicked()

    contentItem: Item {
        Body {
            id: label
            anchors { left: parent.left; right: arrow.left; verticalCenter: parent.verticalCenter }
            anchors { leftMargin: 4; rightMargin: 6 }
            text: button.text
            color: button.engineState === EngineController.Failed ? Theme.danger : Theme.text
            font.weight: Font.DemiBold
            Accessible.ignored: true
        }
        Icon {
            id: arrow
            anchors { right: parent.right; verticalCenter: parent.verticalCenter }
            icon: "chevron-down"
            size: 14
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent"
        ProgressLine {
            visible: button.engineState === EngineController.Loading
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: 2 }
            height: 3
            value: button.progress
            label: qsTr("Loading")
        }
        FocusRing { shown: button.visualFocus }
    }
}
