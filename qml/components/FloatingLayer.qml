// Everything above the panes: dropped files, sheets, file dialogs, passing messages.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

Item {
    id: layer

    required property var actions ///< of the shortcuts' sheet
    signal modelLoading()

    function chooseFile() {
        fileDialog.source = "../models/OpenFile.qml"
    }

    function chooseFolder() {
        fileDialog.source = "../models/OpenFolder.qml"
    }

    function showShortcuts() {
        (shortcuts.createObject(layer) as ShortcutsSheet).open()
    }

    function inspect(url) {
        (factSheet.createObject(layer, { sheet: App.models.inspect(url) }) as FactSheetDialog).open()
    }

    function take(urls) {
        if (urls.length === 1 && urls[0].toString().endsWith(".gguf"))
            inspect(urls[0])
        else
            App.openFiles(urls)
    }

    DropOverlay {
        anchors.fill: parent
        onFilesDropped: urls => layer.take(urls)
    }
    Loader { id: fileDialog }
    Connections {
        target: fileDialog.item
        ignoreUnknownSignals: true
        function onChosen(urls) { layer.take(urls) }
        function onFinished() { fileDialog.source = "" }
    }
    Component {
        id: shortcuts
        ShortcutsSheet {
            actions: layer.actions
            onClosed: destroy()
        }
    }
    Component {
        id: factSheet
        FactSheetDialog {
            id: dialog
            onUseRequested: App.models.add([dialog.sheet.path])
            onLoadRequested: {
                App.models.add([dialog.sheet.path])
                App.engine.load(dialog.sheet.path)
                layer.modelLoading()
            }
            onTryRequested: {
                App.models.add([dialog.sheet.path])
                App.engine.tryAs(dialog.sheet.canTryAs, dialog.sheet.path)
                layer.modelLoading()
            }
            onClosed: destroy()
        }
    }
    Connections {
        target: App
        function onFilesOffered(urls) { layer.take(urls) }
        function onNotice(kind, text, remedy) {
            toast.show(remedy === "" ? text : text + " " + remedy)
        }
    }
    Connections {
        target: App.chats
        function onTrashed(chatId, title) {
            toast.show(qsTr("“%1” is in the trash").arg(title), qsTr("Undo"), () => App.chats.restore(chatId))
        }
    }
    Toast {
        id: toast
        anchors { bottom: parent.bottom; horizontalCenter: parent.horizontalCenter; bottomMargin: 96 }
    }
}
