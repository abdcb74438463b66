// Facts about the loaded model.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

ColumnLayout {
    id: panel

    spacing: Theme.gap

    ColumnLayout {
        Layout.fillWidth: true
        Layout.margins: Theme.margin
        spacing: Theme.gap * 0.75

        Body {
            Layout.fillWidth: true
            wrapMode: Text.Wrap
            maximumLineCount: 3
            text: App.engine.ready ? App.engine.modelName : qsTr("No model is loaded")
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
        }
        Repeater {
            model: App.engine.facts
            FactRow {
                required property var modelData
                label: modelData.label
                value: modelData.value
            }
        }
        FactRow {
            label: qsTr("File")
            value: App.engine.ready ? App.engine.modelPath : ""
        }
        Caption {
            Layout.fillWidth: true
            visible: !App.engine.ready
            wrapMode: Text.Wrap
            text: qsTr("Choose one above the chat, or drop a GGUF file on the window.")
        }
        AppButton {
            Layout.topMargin: Theme.gap
            visible: App.engine.ready
            iconName: "eject"
            text: qsTr("Unload")
            onClicked: App.engine.unload()
        }
    }
}
