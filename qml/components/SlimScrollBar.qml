// A thin scroll bar that widens under the pointer.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

ScrollBar {
    id: bar

    minimumSize: 0.06
    padding: 2
    implicitWidth: 10
    implicitHeight: 10

    contentItem: Rectangle {
        radius: 3
        implicitWidth: 6
        implicitHeight: 6
        color: bar.pressed || bar.hovered ? Theme.textMuted : Theme.controlBorder
        opacity: bar.size > 0.98 ? 0 : bar.active || bar.hovered ? 0.8 : 0.35
    }
    background: null
}
