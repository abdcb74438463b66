// A sampling parameter that is only a number, or nothing.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

RowLayout {
    id: row

    required property string label
    required property string explanation
    required property string emptyText
    required property real value ///< NaN = empty
    required property real to
    required property bool modified
    signal committed(real value)
    signal reset()

    Layout.fillWidth: true
    spacing: 4

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
        Layout.preferredWidth: Math.round(112 * Theme.fontScale)
        implicitHeight: Math.round(26 * Theme.fontScale)
        label: row.label
        emptyText: row.emptyText
        value: row.value
        to: row.to
        decimals: 0
        onCommitted: value => row.committed(value)
    }
}
