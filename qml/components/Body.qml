// Text of the ordinary size.
import QtQuick
import RocmForge.Ui

Text {
    color: Theme.text
    font.pixelSize: Theme.body
    textFormat: Text.PlainText
    elide: Text.ElideRight
    Accessible.role: Accessible.StaticText
    Accessible.name: text
}
