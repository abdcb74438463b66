// Sends the draft, or stops the running answer.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: button

    required property bool busy

    implicitWidth: Theme.controlHeight
    implicitHeight: Theme.controlHeight
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    text: busy ? qsTr("Stop the answer") : qsTr("Send")
    Accessible.role: Accessible.Button
    Accessible.name: text
    Keys.onReturnPressed: clicked()

    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            icon: button.busy ? "stop" : "send"
            size: 18
            color: button.enabled ? Theme.accentFillText : Theme.textDisabled
        }
    }
    background: Rectangle {
        radius: height / 2
        color: button.enabled ? Theme.accentFill : Theme.hover
        Rectangle {
            anchors.fill: parent
            radius: height / 2
            color: button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent"
        }
        FocusRing {
            anchors.margins: -3
            radius: height / 2
            shown: button.visualFocus
        }
    }
    ToolTip.visible: hovered && enabled
    ToolTip.delay: 500
    ToolTip.text: busy ? text + "  Esc" : text
}
