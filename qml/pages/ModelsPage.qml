// The library: the models at hand, used where they lie.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

PageFrame {
    id: page

    signal openFileRequested()
    signal openFolderRequested()
    signal pageRequested(string name)
    signal inspectRequested(string path)

    title: qsTr("Models")
    onClosed: pageRequested("chat")

    actions: [
        AppButton {
            iconName: "folder"
            text: qsTr("Add a folder…")
            onClicked: page.openFolderRequested()
        },
        AppButton {
            primary: true
            iconName: "plus"
            text: qsTr("Add a file…")
            onClicked: page.openFileRequested()
        }
    ]

    Repeater {
        model: App.models
        ModelRow {
            required property int index
            width: parent ? parent.width : 0
            loaded: App.engine.ready && App.engine.modelPath === path
            onLoadRequested: {
                App.engine.load(path)
                page.pageRequested("chat")
            }
            onUnloadRequested: App.engine.unload()
            onInspectRequested: page.inspectRequested(path)
            onRemoveRequested: App.models.remove(index)
        }
    }
    Caption {
        width: parent.width
        wrapMode: Text.Wrap
        text: qsTr("Files stay where they are. Drop a GGUF file or a folder anywhere on the window to add it.")
    }
}
