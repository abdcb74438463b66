// The pages of the window. A new page is one QML file and one entry here.
pragma Singleton

import QtQuick

QtObject {
    readonly property var entries: [
        {
            name: "models", source: "pages/ModelsPage.qml",
            title: qsTr("Models"), icon: "models", shortcut: "Ctrl+M",
        },
        {
            name: "settings", source: "pages/SettingsPage.qml",
            title: qsTr("Settings"), icon: "settings", shortcut: "Ctrl+,",
        },
    ]

    function sourceOf(name) {
        const page = entries.find(entry => entry.name === name)
        return page ? Qt.resolvedUrl(page.source) : ""
    }
}
