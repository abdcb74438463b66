// A full-width row button of the sidebar.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: button

    required property string iconName
    property string hint: ""

    implicitHeight: Theme.controlHeight
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.Button
    Accessible.name: text
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Item {
        Icon {
            x: Theme.gap
            anchors.verticalCenter: parent.verticalCenter
            icon: button.iconName
            color: button.checked ? Theme.accentText : Theme.textMuted
        }
        Body {
            anchors { left: parent.left; right: shortcut.left; verticalCenter: parent.verticalCenter }
            anchors { leftMargin: Math.round(36 * Theme.fontScale); rightMargin: 4 }
            text: button.text
            Accessible.ignored: true
        }
        Caption {
            id: shortcut
            anchors { right: parent.right; rightMargin: Theme.gap; verticalCenter: parent.verticalCenter }
            visible: button.hovered || button.visualFocus
            text: button.hint
            Accessible.ignored: true
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.down || button.checked ? Theme.pressed : button.hovered ? Theme.hover : "transparent"
        FocusRing { shown: button.visualFocus }
    }
}
