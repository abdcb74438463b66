// Memory as a stacked bar: this application, the others, free.
import QtQuick
import RocmForge.Ui

Rectangle {
    id: bar

    required property real total
    required property real used
    required property real own
    readonly property real ownWidth: total > 0 ? width * Math.min(1, own / total) : 0
    readonly property real usedWidth: total > 0 ? width * Math.min(1, used / total) : 0

    implicitHeight: 8
    radius: 4
    clip: true
    color: Theme.track
    Accessible.role: Accessible.ProgressBar
    Accessible.name: qsTr("Memory in use")

    Rectangle {
        width: Math.max(bar.usedWidth, bar.ownWidth)
        height: parent.height
        radius: 4
        color: Theme.controlBorder
    }
    Rectangle {
        width: bar.ownWidth
        height: parent.height
        radius: 4
        color: Theme.accent
    }
}
