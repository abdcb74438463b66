// Lists the shortcuts.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import RocmForge.Ui

Sheet {
    id: sheet

    required property var actions ///< list of Action

    title: qsTr("Keyboard shortcuts")
    preferredWidth: 620

    GridLayout {
        width: parent.width
        columns: width > 440 ? 2 : 1
        columnSpacing: Theme.margin * 2
        rowSpacing: 2
        Repeater {
            model: sheet.actions
            RowLayout {
                id: row
                required property Action modelData
                Layout.fillWidth: true
                Layout.preferredWidth: 1
                Layout.minimumHeight: Theme.controlHeight
                Body {
                    Layout.fillWidth: true
                    text: row.modelData.text
                }
                Badge { text: row.modelData.shortcut }
            }
        }
    }
}
