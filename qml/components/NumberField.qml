// A number between two limits; emits `committed` when the person has entered a valid one.
// With an `emptyText` the field may be empty, which commits NaN.
import QtQuick
import RocmForge.Ui

Field {
    id: field

    required property string label
    required property real value
    property real from: 0
    property real to: 1
    property int decimals: 2
    property real step: 1 / Math.pow(10, decimals)
    property string emptyText: ""
    signal committed(real value)

    readonly property string shown: isNaN(value) ? "" : Number(value).toFixed(decimals)

    function commit() {
        if (text === shown)
            return
        if (text === "" && emptyText !== "")
            committed(NaN)
        else if (acceptableInput)
            committed(Number(text))
        text = Qt.binding(() => field.shown)
    }

    function nudge(direction) {
        const base = isNaN(value) ? from : value
        committed(Math.min(to, Math.max(from, base + direction * step)))
    }

    text: shown
    placeholderText: emptyText
    horizontalAlignment: TextInput.AlignRight
    invalid: activeFocus && text !== "" && !acceptableInput
    font.pixelSize: Theme.caption
    inputMethodHints: Qt.ImhFormattedNumbersOnly
    validator: DoubleValidator {
        bottom: field.from
        top: field.to
        decimals: field.decimals
        notation: DoubleValidator.StandardNotation
        locale: "C"
    }

    Accessible.role: Accessible.SpinBox
    Accessible.name: label

    onAccepted: commit()
    onActiveFocusChanged: if (!activeFocus) commit()
    Keys.onUpPressed: nudge(1)
    Keys.onDownPressed: nudge(-1)
}
