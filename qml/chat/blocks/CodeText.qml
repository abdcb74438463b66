// The scrolling text of a code block. While it grows, what is older than a few lines is kept in a part
// of its own, since every change lays out the whole text that it is in.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Flickable {
    id: view

    required property string code
    required property bool wrapped
    property bool growing: false ///< more arrives; keeps the end in view
    property string written: ""
    property int settled: 0 ///< characters of `code` in the part that changes no more
    readonly property int lineCount: (older.visible ? older.lineCount : 0) + (latest.visible ? latest.lineCount : 0)
    readonly property int inset: Theme.margin * 0.75

    function write() {
        if (!code.startsWith(written)) {
            older.clear()
            settled = 0
        }
        written = code
        if (!growing)
            settle(code.length)
        else if (code.length - settled > 2000)
            settle(code.lastIndexOf("\n"))
        latest.text = code.slice(settled === 0 ? 0 : settled + 1)
    }

    function settle(end) {
        if (end <= settled)
            return
        older.insert(older.length, code.slice(settled, end))
        settled = end
    }

    implicitHeight: column.height
    contentWidth: wrapped ? width : Math.max(width, older.implicitWidth, latest.implicitWidth)
    contentHeight: column.height
    clip: true
    boundsBehavior: Flickable.StopAtBounds
    ScrollBar.horizontal: SlimScrollBar {}
    ScrollBar.vertical: SlimScrollBar {}

    Component.onCompleted: write()
    onCodeChanged: write()
    onGrowingChanged: write()
    onContentHeightChanged: if (growing && contentHeight > height) contentY = contentHeight - height

    Column {
        id: column
        topPadding: view.inset
        bottomPadding: view.inset
        CodePart {
            id: older
            visible: view.settled > 0
            width: view.wrapped ? view.width : implicitWidth
            wrapMode: view.wrapped ? TextEdit.WrapAtWordBoundaryOrAnywhere : TextEdit.NoWrap
        }
        CodePart {
            id: latest
            visible: view.settled === 0 || text !== ""
            width: view.wrapped ? view.width : implicitWidth
            wrapMode: older.wrapMode
        }
    }
}
