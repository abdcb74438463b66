// A labelled push button: plain by default, filled when `primary`, red when `destructive`.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: button

    property bool primary: false
    property bool destructive: false
    property string iconName: ""
    readonly property color ink: primary ? Theme.accentFillText : destructive ? Theme.danger : Theme.text

    implicitHeight: Theme.controlHeight
    implicitWidth: Math.ceil(implicitContentWidth) + leftPadding + rightPadding
    leftPadding: Theme.unit * 1.5
    rightPadding: Theme.unit * 1.5
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    opacity: enabled ? 1 : 0.45

    Accessible.role: Accessible.Button
    Accessible.name: button.text
    Accessible.onPressAction: button.clicked()

    contentItem: Item {
        implicitWidth: row.implicitWidth
        Row {
            id: row
            anchors.centerIn: parent
            spacing: Theme.unit * 0.75
            Icon {
                visible: button.iconName !== ""
                anchors.verticalCenter: parent.verticalCenter
                icon: button.iconName
                size: 16
                color: button.ink
            }
            Text {
                anchors.verticalCenter: parent.verticalCenter
                text: button.text
                color: button.ink
                font.pixelSize: Theme.body
                font.weight: button.primary ? Font.DemiBold : Font.Normal
            }
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.primary ? Theme.accentFill : Theme.field
        border.width: button.primary ? 0 : 1
        border.color: Theme.border
        Rectangle {
            anchors.fill: parent
            radius: parent.radius
            color: button.down ? Theme.pressed : button.hovered ? Theme.hover : "transparent"
        }
        FocusRing { shown: button.visualFocus }
    }

    Keys.onReturnPressed: button.clicked()
    Keys.onEnterPressed: button.clicked()
}
