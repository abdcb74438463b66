// A thin bar from 0 to 1.
import QtQuick
import RocmForge.Ui

Rectangle {
    id: line

    required property real value
    property string label: ""
    property color fill: Theme.accent

    implicitHeight: 4
    implicitWidth: 80
    radius: 2
    color: Theme.track
    Accessible.role: Accessible.ProgressBar
    Accessible.name: label

    Rectangle {
        width: Math.max(line.value > 0 ? line.height : 0, line.width * Math.min(1, line.value))
        height: line.height
        radius: line.radius
        color: line.fill
    }
}
