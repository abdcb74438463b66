// What a person chooses for the whole application.
import QtQuick
import RocmForge
import RocmForge.Ui

PageFrame {
    id: page

    signal pageRequested(string name)
    signal shortcutsRequested()

    title: qsTr("Settings")
    onClosed: pageRequested("chat")

    LookSettings { width: parent.width }
    ChatSettings { width: parent.width }
    LoadSettings { width: parent.width }
    Card {
        width: parent.width
        SettingRow {
            label: qsTr("ROCmForge %1").arg(App.version)
            explanation: qsTr("MIT license. No account, no telemetry.")
            AppButton {
                iconName: "keyboard"
                text: qsTr("Shortcuts")
                onClicked: page.shortcutsRequested()
            }
        }
    }
}
