// A sampling parameter with slider, number field and a dot that resets it.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

ColumnLayout {
    id: row

    required property string label
    required property string explanation
    required property real value
    required property real fallback
    property real from: 0
    property real to: 1
    property real fieldTo: to
    property int decimals: 2
    readonly property bool modified: Math.abs(value - fallback) > 1e-9
    signal edited(real value)
    signal reset()

    Layout.fillWidth: true
    spacing: 0

    RowLayout {
        spacing: 4
        Layout.fillWidth: true
        ParameterLabel {
            Layout.fillWidth: true
            text: row.label
            explanation: row.explanation
        }
        ResetDot {
            visible: row.modified
            label: row.label
            onClicked: row.reset()
        }
        NumberField {
            Layout.preferredWidth: Math.round(64 * Theme.fontScale)
            implicitHeight: Math.round(26 * Theme.fontScale)
            label: row.label
            value: row.value
            from: row.from
            to: row.fieldTo
            decimals: row.decimals
            step: row.decimals === 0 ? 1 : 0.05
            onCommitted: value => row.edited(value)
        }
    }
    AppSlider {
        Layout.fillWidth: true
        label: row.label
        from: row.from
        to: row.to
        stepSize: row.decimals === 0 ? 1 : 0.01
        value: row.value
        onMoved: row.edited(row.decimals === 0 ? Math.round(value) : Math.round(value * 100) / 100)
    }
}
