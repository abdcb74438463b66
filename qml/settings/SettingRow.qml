// A setting's name and explanation at the left, its control at the right.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

RowLayout {
    id: row

    required property string label
    property string explanation: ""
    default property alias control: holder.data

    Layout.fillWidth: true
    spacing: Theme.margin

    ColumnLayout {
        Layout.fillWidth: true
        spacing: 0
        Body {
            Layout.fillWidth: true
            text: row.label
        }
        Caption {
            Layout.fillWidth: true
            visible: text !== ""
            wrapMode: Text.Wrap
            text: row.explanation
        }
    }
    Row {
        id: holder
        spacing: Theme.gap
    }
}
