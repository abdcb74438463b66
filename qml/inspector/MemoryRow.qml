// How much of a memory is used, in numbers and as a bar. Hidden where the size is unknown.
import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

ColumnLayout {
    id: row

    required property string label
    required property real total ///< bytes; NaN = unknown
    required property real used
    required property Hardware hardware ///< for its units

    Layout.fillWidth: true
    spacing: Theme.gap * 0.5
    visible: total > 0

    FactRow {
        label: row.label
        value: isNaN(row.used) ? row.hardware.bytesText(row.total)
                               : qsTr("%1 of %2").arg(row.hardware.bytesText(row.used))
                                                 .arg(row.hardware.bytesText(row.total))
    }
    MemoryBar {
        Layout.fillWidth: true
        visible: !isNaN(row.used)
        total: row.total
        used: row.used
        own: 0
    }
}
