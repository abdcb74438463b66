// The sampling parameters: sliders for the usual ones, fields for the rest.
// Used for a chat's own values and for the defaults of new chats.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

ColumnLayout {
    id: controls

    required property var source ///< SamplingSettings or Settings: they name these the same

    spacing: Theme.gap * 1.5

    SamplingRow {
        label: qsTr("Temperature")
        explanation: qsTr("Higher is more surprising; 0 always takes the most probable token.")
        value: controls.source.temperature
        to: 2
        fallback: controls.source.defaultOf("temperature")
        onEdited: value => controls.source.temperature = value
        onReset: controls.source.reset("temperature")
    }
    SamplingRow {
        label: qsTr("Top-k")
        explanation: qsTr("Keeps the k most probable tokens; 0 keeps all.")
        value: controls.source.topK
        to: 200
        fieldTo: 1000000
        decimals: 0
        fallback: controls.source.defaultOf("topK")
        onEdited: value => controls.source.topK = value
        onReset: controls.source.reset("topK")
    }
    SamplingRow {
        label: qsTr("Top-p")
        explanation: qsTr("Keeps the smallest set of tokens with this much probability; 1 keeps all.")
        value: controls.source.topP
        fallback: controls.source.defaultOf("topP")
        onEdited: value => controls.source.topP = value
        onReset: controls.source.reset("topP")
    }
    SamplingRow {
        label: qsTr("Min-p")
        explanation: qsTr("Drops tokens less probable than this part of the best one's probability.")
        value: controls.source.minP
        fallback: controls.source.defaultOf("minP")
        onEdited: value => controls.source.minP = value
        onReset: controls.source.reset("minP")
    }
    Divider { Layout.fillWidth: true }
    SamplingRow {
        label: qsTr("Repetition penalty")
        explanation: qsTr("Makes recent tokens less likely; 1 is off.")
        value: controls.source.repetitionPenalty
        from: 1
        to: 2
        fallback: controls.source.defaultOf("repetitionPenalty")
        onEdited: value => controls.source.repetitionPenalty = value
        onReset: controls.source.reset("repetitionPenalty")
    }
    NumberRow {
        label: qsTr("Seed")
        explanation: qsTr("The same seed gives the same text.")
        emptyText: qsTr("random")
        value: controls.source.seed < 0 ? NaN : controls.source.seed
        to: 9007199254740991
        modified: controls.source.seed !== controls.source.defaultOf("seed")
        onCommitted: value => controls.source.seed = isNaN(value) ? -1 : value
        onReset: controls.source.reset("seed")
    }
    NumberRow {
        label: qsTr("Longest answer")
        explanation: qsTr("In tokens; empty lets the model decide.")
        emptyText: qsTr("no limit")
        value: controls.source.maxTokens <= 0 ? NaN : controls.source.maxTokens
        to: 1000000
        modified: controls.source.maxTokens !== controls.source.defaultOf("maxTokens")
        onCommitted: value => controls.source.maxTokens = isNaN(value) ? 0 : value
        onReset: controls.source.reset("maxTokens")
    }
}
