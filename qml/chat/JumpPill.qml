// "Jump to end", while the view is not there.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: pill

    text: qsTr("Jump to end")
    implicitHeight: Theme.controlHeight
    implicitWidth: label.implicitWidth + Math.round(48 * Theme.fontScale)
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.Button
    Accessible.name: text
    Keys.onReturnPressed: clicked()

    contentItem: Item {
        Icon {
            x: Theme.margin * 0.75
            anchors.verticalCenter: parent.verticalCenter
            icon: "arrow-down"
            size: 14
            color: Theme.text
        }
        Body {
            id: label
            x: Math.round(32 * Theme.fontScale)
            anchors.verticalCenter: parent.verticalCenter
            text: pill.text
            font.pixelSize: Theme.caption
            Accessible.ignored: true
        }
    }
    background: Rectangle {
        radius: height / 2
        color: pill.hovered ? Theme.card : Theme.popup
        border.width: 1
        border.color: Theme.border
        Shadow { radius: pill.height / 2 }
        FocusRing {
            radius: pill.height / 2 + 2
            shown: pill.visualFocus
        }
    }
}
