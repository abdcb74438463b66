// Small secondary text.
import QtQuick
import RocmForge.Ui

Text {
    color: Theme.textMuted
    font.pixelSize: Theme.caption
    textFormat: Text.PlainText
    elide: Text.ElideRight
    Accessible.role: Accessible.StaticText
    Accessible.name: text
}
