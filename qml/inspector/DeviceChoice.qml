// Where models compute: chosen by itself, or by the person. Shown where there is a choice, or one was made.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

Card {
    id: card

    required property Hardware hardware
    readonly property int withoutGpu: 2 ///< automatic, processor

    visible: hardware.choices.length > withoutGpu || App.settings.computeDevice !== ""
    Accessible.role: Accessible.Grouping
    Accessible.name: qsTr("Compute on")

    SectionLabel { text: qsTr("Compute on") }
    // Not rows of the card's layout, as in HardwarePanel.
    Column {
        id: column
        Layout.fillWidth: true
        Repeater {
            model: card.hardware.choices
            RadioRow {
                required property var modelData
                width: column.width
                text: modelData.label
                explanation: modelData.detail
                checked: App.settings.computeDevice === modelData.value
                onClicked: App.settings.computeDevice = modelData.value
            }
        }
    }
    Caption {
        Layout.fillWidth: true
        wrapMode: Text.Wrap
        text: qsTr("From the next load of a model on.")
    }
    AppButton {
        visible: App.engine.ready
        iconName: "refresh"
        text: qsTr("Load again")
        onClicked: App.engine.load(App.engine.modelPath)
    }
}
