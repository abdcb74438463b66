// The first thing a person sees: three ways to begin.
import QtQuick
import RocmForge.Ui

Flickable {
    id: page

    signal demoRequested()
    signal openFileRequested()
    signal modelsRequested()

    contentHeight: Math.max(height, column.implicitHeight + 2 * Theme.margin)
    clip: contentHeight > height
    boundsBehavior: Flickable.StopAtBounds

    Column {
        id: column
        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.margin, Math.round(480 * Theme.fontScale))
        spacing: Theme.gap * 1.5

        Image {
            anchors.horizontalCenter: parent.horizontalCenter
            source: "../icons/rocmforge.svg"
            sourceSize { width: 72; height: 72 }
            Accessible.ignored: true
        }
        Body {
            width: parent.width
            horizontalAlignment: Text.AlignHCenter
            text: qsTr("Welcome to ROCmForge")
            font.pixelSize: Theme.display
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
        }
        Caption {
            width: parent.width
            bottomPadding: Theme.gap
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
            text: qsTr("Language models on your own machine. No account, no telemetry.")
            font.pixelSize: Theme.body
        }
        ChoiceCard {
            width: parent.width
            accented: true
            Component.onCompleted: forceActiveFocus()
            iconName: "ember"
            text: qsTr("Chat with Ember")
            explanation: qsTr("The small demo model that comes along. Ready in a second.")
            onClicked: page.demoRequested()
        }
        ChoiceCard {
            width: parent.width
            iconName: "drop"
            text: qsTr("Open a GGUF file")
            explanation: qsTr("Drop it on this window, or choose it here. It stays in place.")
            onClicked: page.openFileRequested()
        }
        ChoiceCard {
            width: parent.width
            iconName: "models"
            text: qsTr("Look at the models")
            explanation: qsTr("What is on this machine, and whether it fits the memory.")
            onClicked: page.modelsRequested()
        }
    }
}
