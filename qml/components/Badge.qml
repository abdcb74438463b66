// A short fact in a rounded frame: "Q4_K_M", "CPU AVX-512".
import QtQuick
import RocmForge.Ui

Rectangle {
    id: badge

    property alias text: label.text
    property color ink: Theme.textMuted

    implicitWidth: label.implicitWidth + Theme.unit * 1.5
    implicitHeight: label.implicitHeight + Theme.unit * 0.5
    radius: height / 2
    color: Theme.hover
    visible: text !== ""

    Accessible.role: Accessible.StaticText
    Accessible.name: text

    Text {
        id: label
        anchors.centerIn: parent
        width: Math.min(implicitWidth, badge.width - Theme.unit)
        elide: Text.ElideRight
        textFormat: Text.PlainText
        color: badge.ink
        font.pixelSize: Theme.caption
    }
}
