// A message while it is edited; the old text stays as another branch.
import QtQuick
import RocmForge.Ui

Column {
    id: editor

    required property string original
    required property bool resends
    signal accepted(string text)
    signal rejected()

    spacing: Theme.gap

    TextBox {
        id: box
        width: parent.width
        height: Math.min(320, Math.max(Theme.controlHeight * 2.5, box.editor.implicitHeight))
        text: editor.original
        editor.Accessible.name: qsTr("Message text")
        Component.onCompleted: {
            box.editor.forceActiveFocus()
            box.editor.cursorPosition = box.editor.length
        }
        Keys.onShortcutOverride: event => { event.accepted = event.key === Qt.Key_Escape }
        Keys.onEscapePressed: editor.rejected()
        Keys.onPressed: event => {
            if (event.key === Qt.Key_Return && event.modifiers & Qt.ControlModifier)
                editor.accepted(box.text)
        }
    }
    Row {
        anchors.right: parent.right
        spacing: Theme.gap
        AppButton {
            text: qsTr("Cancel")
            onClicked: editor.rejected()
        }
        AppButton {
            primary: true
            enabled: box.text.trim() !== ""
            text: editor.resends ? qsTr("Send") : qsTr("Save")
            onClicked: editor.accepted(box.text)
        }
    }
}
