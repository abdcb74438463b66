// A breathing ember: an answer is on its way.
import QtQuick
import RocmForge.Ui

Rectangle {
    id: mark

    width: 10
    height: 10
    radius: 5
    color: Theme.accent
    Accessible.role: Accessible.Animation
    Accessible.name: qsTr("Answering")

    Timer {
        interval: 400
        repeat: true
        running: mark.visible && !Theme.reducedMotion
        onTriggered: mark.opacity = mark.opacity < 1 ? 1 : 0.35
    }
}
