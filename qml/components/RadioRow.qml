// One choice out of several below each other, with a remark.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: row

    property string explanation: ""

    implicitHeight: Math.max(Theme.controlHeight, implicitContentHeight + Theme.unit)
    focusPolicy: Qt.StrongFocus
    hoverEnabled: true

    Accessible.role: Accessible.RadioButton
    Accessible.name: text
    Accessible.description: explanation
    Accessible.checkable: true
    Accessible.checked: checked
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Item {
        implicitHeight: labels.implicitHeight
        Rectangle {
            id: dot
            x: Theme.gap * 0.5
            anchors.verticalCenter: parent.verticalCenter
            width: 16
            height: 16
            radius: 8
            color: "transparent"
            border.width: row.checked ? 5 : 1
            border.color: row.checked ? Theme.accent : Theme.controlBorder
        }
        Column {
            id: labels
            anchors { left: dot.right; right: parent.right; verticalCenter: parent.verticalCenter }
            anchors.leftMargin: Theme.gap
            Body {
                width: parent.width
                text: row.text
                Accessible.ignored: true
            }
            Caption {
                width: parent.width
                visible: text !== ""
                text: row.explanation
                Accessible.ignored: true
            }
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: row.down ? Theme.pressed : row.hovered ? Theme.hover : "transparent"
        FocusRing { shown: row.visualFocus }
    }
}
