// Why an answer failed and what to do.
import QtQuick
import RocmForge.Ui

Rectangle {
    id: error

    required property string body

    implicitHeight: text.implicitHeight + Theme.gap * 3
    radius: Theme.radius
    color: Theme.dangerWash

    Accessible.role: Accessible.AlertMessage
    Accessible.name: text.Accessible.name

    Icon {
        x: Theme.margin * 0.75
        y: Theme.gap * 1.5 + 1
        icon: "warning"
        color: Theme.danger
    }
    RichText {
        id: text
        anchors { left: parent.left; right: parent.right; top: parent.top }
        anchors { leftMargin: Math.round(40 * Theme.fontScale); rightMargin: Theme.margin; topMargin: Theme.gap * 1.5 }
        body: error.body
        font.pixelSize: Theme.body
    }
}
