// How this chat's answers are sampled, and its instructions.
import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

ColumnLayout {
    id: panel

    readonly property ChatController chat: App.chat

    spacing: Theme.gap

    SectionLabel {
        Layout.leftMargin: Theme.margin
        Layout.topMargin: Theme.gap
        text: qsTr("Candidates for the last token")
    }
    CandidateChart {
        Layout.fillWidth: true
        Layout.leftMargin: Theme.margin
        Layout.rightMargin: Theme.margin
        candidates: panel.chat.candidates
    }
    SamplingControls {
        Layout.fillWidth: true
        Layout.margins: Theme.margin
        Layout.bottomMargin: 0
        source: panel.chat.sampling
    }
    SectionLabel {
        Layout.leftMargin: Theme.margin
        Layout.topMargin: Theme.gap
        text: qsTr("System prompt")
    }
    TextBox {
        Layout.fillWidth: true
        Layout.margins: Theme.margin
        Layout.topMargin: 0
        implicitHeight: Math.round(120 * Theme.fontScale)
        text: panel.chat.systemPrompt
        placeholderText: qsTr("Instructions for this chat")
        onEdited: panel.chat.systemPrompt = text
    }
}
