// A text field of several lines that scrolls inside itself.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

ScrollView {
    id: box

    property alias text: area.text
    property alias placeholderText: area.placeholderText
    property alias editor: area
    signal edited()

    implicitHeight: Theme.controlHeight * 3
    ScrollBar.vertical: SlimScrollBar {
        parent: box
        x: box.width - width
        height: box.height
    }

    TextArea {
        id: area
        padding: Theme.unit
        wrapMode: TextArea.Wrap
        textFormat: TextEdit.PlainText
        selectByMouse: true
        color: Theme.text
        placeholderTextColor: Theme.textMuted
        selectionColor: Theme.selection
        selectedTextColor: Theme.text
        font.pixelSize: Theme.body
        KeyNavigation.priority: KeyNavigation.BeforeItem
        KeyNavigation.tab: nextItemInFocusChain(true)
        background: null
        onEditingFinished: box.edited()
        Accessible.role: Accessible.EditableText
        Accessible.name: placeholderText
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: Theme.field
        border.width: area.activeFocus ? 2 : 1
        border.color: area.activeFocus ? Theme.accent : Theme.border
    }
}
