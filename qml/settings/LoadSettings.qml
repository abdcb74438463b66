// How models are loaded; takes effect with the next load.
import QtQuick
import RocmForge
import RocmForge.Ui

Card {
    id: card

    readonly property Settings settings: App.settings

    SectionLabel { text: qsTr("Loading models") }
    SettingRow {
        label: qsTr("Context length")
        explanation: qsTr("Tokens per chat, from the next load on. Empty: the model's own, at most 8192.")
        NumberField {
            width: Math.round(112 * Theme.fontScale)
            label: qsTr("Context length")
            emptyText: qsTr("automatic")
            value: card.settings.contextLength > 0 ? card.settings.contextLength : NaN
            to: 1048576
            decimals: 0
            step: 1024
            onCommitted: value => card.settings.contextLength = isNaN(value) ? 0 : value
        }
    }
    SettingRow {
        label: qsTr("KV cache")
        explanation: qsTr("What a chat's tokens are kept as. Q8_0 takes about half the memory of F16.")
        Segmented {
            label: qsTr("KV cache")
            value: card.settings.kvCache
            options: [
                { value: "f16", label: "F16" },
                { value: "q8_0", label: "Q8_0" },
            ]
            onChosen: value => card.settings.kvCache = value
        }
    }
    SettingRow {
        label: qsTr("Processor threads")
        explanation: qsTr("Empty: one per physical core.")
        NumberField {
            width: Math.round(112 * Theme.fontScale)
            label: qsTr("Processor threads")
            emptyText: qsTr("automatic")
            value: card.settings.threads > 0 ? card.settings.threads : NaN
            to: 1024
            decimals: 0
            onCommitted: value => card.settings.threads = isNaN(value) ? 0 : value
        }
    }
}
