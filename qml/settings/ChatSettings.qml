// Writing, and what new chats begin with.
import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

Card {
    id: card

    readonly property Settings settings: App.settings

    SectionLabel { text: qsTr("Chats") }
    ToggleRow {
        text: qsTr("Enter sends the message")
        explanation: checked ? qsTr("Shift+Enter begins a new line.")
                             : qsTr("Enter begins a new line; Shift+Enter or Ctrl+Enter sends.")
        checked: card.settings.enterSends
        onToggled: card.settings.enterSends = checked
    }
    Divider { Layout.fillWidth: true }
    SectionLabel { text: qsTr("System prompt of new chats") }
    TextBox {
        Layout.fillWidth: true
        placeholderText: qsTr("None")
        text: card.settings.systemPrompt
        onEdited: card.settings.systemPrompt = text
    }
    Divider { Layout.fillWidth: true }
    SectionLabel {
        text: qsTr("Sampling of chats that do not choose themselves")
        bottomPadding: Theme.gap
    }
    SamplingControls {
        Layout.fillWidth: true
        source: card.settings
    }
}
