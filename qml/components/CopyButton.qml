// An icon button that confirms for a moment that it copied.
import QtQuick
import RocmForge.Ui

IconButton {
    id: button

    property bool done: false

    iconName: done ? "check" : "copy"
    iconSize: 16
    tint: done ? Theme.good : Theme.textMuted
    onClicked: {
        done = true
        timer.restart()
    }

    Timer {
        id: timer
        interval: 1500
        onTriggered: button.done = false
    }
}
