// A table; wider ones scroll sideways.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Flickable {
    id: table

    required property string body
    /// Cells overlap by their border, or lines between them would be twice as wide.
    readonly property string tag: "<table border=\"1\" cellspacing=\"-1\" style=\"border-style:solid;"
        + "border-color:" + Theme.border + "\">"

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
        body: table.body.replace(/<table[^>]*>/g, table.tag)
        wrapMode: TextEdit.NoWrap
    }
}
