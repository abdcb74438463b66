// The system's dialog for a folder of models; lives as long as it is open.
import QtQuick
import QtQuick.Dialogs

Item {
    id: opener

    signal chosen(var urls)
    signal finished()

    Component.onCompleted: dialog.open()

    FolderDialog {
        id: dialog
        title: qsTr("Add a folder of models")
        onAccepted: {
            opener.chosen([selectedFolder])
            opener.finished()
        }
        onRejected: opener.finished()
    }
}
