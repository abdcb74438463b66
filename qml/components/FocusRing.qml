// Outlines its parent while the keyboard is on it.
import QtQuick
import RocmForge.Ui

Rectangle {
    property bool shown: false

    anchors.fill: parent
    anchors.margins: -2
    visible: shown
    color: "transparent"
    radius: Theme.radiusSmall + 2
    border.width: 2
    border.color: Theme.accent
}
