// A borderless square button; `text` is its tool tip and accessible name.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: button

    required property string iconName
    property int iconSize: 18
    property color tint: Theme.textMuted
    property string hint: ""

    implicitWidth: Theme.controlHeight
    implicitHeight: Theme.controlHeight
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    opacity: enabled ? 1 : 0.4

    Accessible.role: Accessible.Button
    Accessible.name: button.text
    Accessible.onPressAction: button.clicked()

    contentItem: Item {
        Icon {
            anchors.centerIn: parent
            icon: button.iconName
            size: button.iconSize
            color: button.checked ? Theme.accentText : button.hovered ? Theme.text : button.tint
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent"
        FocusRing { shown: button.visualFocus }
    }
    ToolTip.visible: hovered && !down && text !== ""
    ToolTip.delay: 500
    ToolTip.text: hint === "" ? text : text + "  " + hint

    Keys.onReturnPressed: button.clicked()
    Keys.onEnterPressed: button.clicked()
}
