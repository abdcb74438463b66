// The heading of a group inside a pane or page.
import QtQuick
import RocmForge.Ui

Text {
    color: Theme.textMuted
    font.pixelSize: Theme.caption
    font.weight: Font.DemiBold
    textFormat: Text.PlainText
    elide: Text.ElideRight
    Accessible.role: Accessible.Heading
    Accessible.name: text
}
