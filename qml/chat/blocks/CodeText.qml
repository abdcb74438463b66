// The scrolling text of a code block.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Flickable {
    id: view

    required property string code
    required property bool wrapped
    property bool stuckToEnd: false ///< keep the end in view while more arrives
    readonly property alias lineCount: edit.lineCount

    implicitHeight: edit.implicitHeight
    contentWidth: wrapped ? width : Math.max(width, edit.implicitWidth)
    contentHeight: edit.implicitHeight
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    ScrollBar.horizontal: SlimScrollBar {}
    ScrollBar.vertical: SlimScrollBar {}
    onContentHeightChanged: if (stuckToEnd && contentHeight > height) contentY = contentHeight - height

    TextEdit {
        id: edit
        width: view.wrapped ? view.width : implicitWidth
        padding: Theme.margin * 0.75
        text: view.code
        textFormat: TextEdit.PlainText
        readOnly: true
        selectByMouse: true
        activeFocusOnTab: false
        wrapMode: view.wrapped ? TextEdit.WrapAtWordBoundaryOrAnywhere : TextEdit.NoWrap
        color: Theme.text
        selectionColor: Theme.selection
        selectedTextColor: Theme.text
        font.family: Theme.monospace
        font.pixelSize: Theme.code
        Accessible.role: Accessible.StaticText
        Accessible.name: view.code
        Accessible.readOnly: true
        HoverHandler { cursorShape: Qt.IBeamCursor }
    }
}
