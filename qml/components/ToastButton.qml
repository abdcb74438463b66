// The action of a Toast.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: button

    implicitHeight: Theme.controlHeight
    implicitWidth: label.implicitWidth + Theme.margin
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.Button
    Accessible.name: text

    contentItem: Text {
        id: label
        text: button.text
        color: Theme.toastAction
        font.pixelSize: Theme.body
        font.weight: Font.DemiBold
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: button.hovered ? "#1FFFFFFF" : "transparent"
        FocusRing { shown: button.visualFocus }
    }
    Keys.onReturnPressed: clicked()
}
