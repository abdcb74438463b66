// A chat without messages: who will answer, and a few things to ask Ember.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

Item {
    id: empty

    required property int engineState
    required property string modelName
    required property bool demo
    readonly property bool ready: engineState === EngineController.Ready
    readonly property bool loading: engineState === EngineController.Loading
    signal suggested(string text)
    signal modelRequested()

    Column {
        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.margin, Math.round(440 * Theme.fontScale))
        spacing: Theme.margin

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            icon: "ember"
            size: 40
            color: empty.ready || empty.loading ? Theme.accent : Theme.textDisabled
        }
        Body {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            maximumLineCount: 3
            text: empty.ready ? qsTr("Ask %1").arg(empty.modelName)
                : empty.loading ? qsTr("Loading %1…").arg(empty.modelName)
                : qsTr("No model is loaded")
            font.pixelSize: Theme.headline
            font.weight: Font.DemiBold
        }
        AppButton {
            visible: !empty.ready && !empty.loading
            anchors.horizontalCenter: parent.horizontalCenter
            primary: true
            text: qsTr("Choose a model")
            onClicked: empty.modelRequested()
        }
        Column {
            visible: empty.ready && empty.demo
            width: parent.width
            spacing: Theme.gap
            Repeater {
                model: [
                    qsTr("What can you do?"),
                    qsTr("Write a factorial function in Python"),
                    qsTr("Make a table of the planets"),
                ]
                AppButton {
                    required property string modelData
                    anchors.horizontalCenter: parent ? parent.horizontalCenter : undefined
                    text: modelData
                    onClicked: empty.suggested(modelData)
                }
            }
        }
    }
}
