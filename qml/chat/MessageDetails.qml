// How an answer came about.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import RocmForge.Ui

Popup {
    id: popup

    required property var details
    readonly property var rows: [
        { label: qsTr("Model"), value: details.model ?? "" },
        { label: qsTr("Quantization"), value: details.quantization ?? "" },
        { label: qsTr("Backend"), value: details.backend ?? "" },
        { label: qsTr("Prompt tokens"), value: tokens(details.promptTokens, details.reusedTokens) },
        { label: qsTr("Answer tokens"), value: tokens(details.generatedTokens, 0) },
        { label: qsTr("First token"), value: number(details.ttft, 2, qsTr("%1 s")) },
        { label: qsTr("Prefill"), value: number(details.prefillRate, 1, qsTr("%1 tok/s")) },
        { label: qsTr("Decode"), value: number(details.decodeRate, 1, qsTr("%1 tok/s")) },
        { label: qsTr("Sampling"), value: sampling() },
        { label: qsTr("Seed"), value: number(details.seed, 0, "%1") },
        { label: qsTr("Ended by"), value: ending() },
    ]

    function number(value, decimals, unit) {
        return value === undefined ? "" : unit.arg(Number(value).toFixed(decimals))
    }

    function tokens(count, reused) {
        if (count === undefined)
            return ""
        return reused > 0 ? qsTr("%1, %2 of them reused").arg(count).arg(reused) : String(count)
    }

    function sampling() {
        if (details.temperature === undefined)
            return ""
        return qsTr("temperature %1, top-k %2, top-p %3, min-p %4")
            .arg(number(details.temperature, 2, "%1")).arg(details.topK)
            .arg(number(details.topP, 2, "%1")).arg(number(details.minP, 2, "%1"))
    }

    function ending() {
        const names = {
            stop: qsTr("the model's end mark"), length: qsTr("the length limit"),
            context: qsTr("the end of the context"), cancelled: qsTr("you"),
            error: qsTr("an error"), interrupted: qsTr("a restart of the application"),
        }
        return names[details.finish] ?? ""
    }

    y: parent ? -height - 4 : 0
    x: -width / 2
    margins: Theme.gap
    padding: Theme.margin
    width: Math.round(340 * Theme.fontScale)
    focus: true

    contentItem: ColumnLayout {
        spacing: Theme.gap * 0.5
        Repeater {
            model: popup.rows
            FactRow {
                required property var modelData
                label: modelData.label
                value: modelData.value
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: Theme.popup
        border.width: 1
        border.color: Theme.border
        Shadow {}
    }
}
