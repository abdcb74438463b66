// Selectable program text.
import QtQuick
import RocmForge.Ui

TextEdit {
    leftPadding: Theme.margin * 0.75
    rightPadding: leftPadding
    textFormat: TextEdit.PlainText
    readOnly: true
    selectByMouse: true
    activeFocusOnTab: false
    color: Theme.text
    selectionColor: Theme.selection
    selectedTextColor: Theme.text
    font.family: Theme.monospace
    font.pixelSize: Theme.code
    Accessible.role: Accessible.StaticText
    Accessible.name: text
    Accessible.readOnly: true

    HoverHandler { cursorShape: Qt.IBeamCursor }
}
