// One fact: its name at the left, its value (selectable) at the right.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

RowLayout {
    id: row

    required property string label
    required property string value

    Layout.fillWidth: true
    spacing: Theme.gap
    visible: value !== ""

    Accessible.role: Accessible.StaticText
    Accessible.name: row.label + ": " + row.value

    Caption {
        Layout.alignment: Qt.AlignTop
        Layout.preferredWidth: Math.round(104 * Theme.fontScale)
        text: row.label
        Accessible.ignored: true
    }
    TextEdit {
        Layout.fillWidth: true
        text: row.value
        readOnly: true
        selectByMouse: true
        activeFocusOnTab: false
        textFormat: TextEdit.PlainText
        wrapMode: TextEdit.WrapAtWordBoundaryOrAnywhere
        color: Theme.text
        selectionColor: Theme.selection
        selectedTextColor: Theme.text
        font.pixelSize: Theme.caption
        Accessible.ignored: true
    }
}
