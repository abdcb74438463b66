// Edits a chat's title in place.
import QtQuick
import RocmForge.Ui

Field {
    id: field

    required property string title
    signal entered(string text)
    signal rejected()

    text: title
    placeholderText: qsTr("Title")
    Component.onCompleted: {
        forceActiveFocus()
        selectAll()
    }
    onAccepted: entered(text.trim())
    onActiveFocusChanged: if (!activeFocus) rejected()
    Keys.onShortcutOverride: event => { event.accepted = event.key === Qt.Key_Escape }
    Keys.onEscapePressed: rejected()
}
