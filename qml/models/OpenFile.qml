// The system's dialog for GGUF files; lives as long as it is open.
import QtQuick
import QtQuick.Dialogs

Item {
    id: opener

    signal chosen(var urls)
    signal finished()

    Component.onCompleted: dialog.open()

    FileDialog {
        id: dialog
        title: qsTr("Open GGUF files")
        fileMode: FileDialog.OpenFiles
        nameFilters: [qsTr("GGUF models (*.gguf)"), qsTr("All files (*)")]
        onAccepted: {
            opener.chosen(selectedFiles)
            opener.finished()
        }
        onRejected: opener.finished()
    }
}
