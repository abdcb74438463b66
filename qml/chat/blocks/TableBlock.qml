// A table; wider ones scroll sideways.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Flickable {
    id: table

    required property string body

    implicitHeight: text.implicitHeight + (contentWidth > width ? bar.height : 0)
    contentWidth: Math.max(width, text.implicitWidth)
    contentHeight: text.implicitHeight
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    flickableDirection: Flickable.HorizontalFlick
    ScrollBar.horizontal: SlimScrollBar { id: bar }

    Accessible.role: Accessible.Table
    Accessible.name: text.Accessible.name

    RichText {
        id: text
        body: table.body.replace(/<table[^>]*>/g, "<table cellspacing=\"0\">")
        wrapMode: TextEdit.NoWrap
    }
}
