// A short message at the foot of the window, with an action perhaps; goes by itself.
import QtQuick
import RocmForge.Ui

Rectangle {
    id: toast

    property string message: ""
    property string actionText: ""
    property var callback: null
    property int timeout: 8000

    function show(text, label = "", then = null) {
        message = text
        actionText = label
        callback = then
        timer.restart()
    }

    function hide() {
        message = ""
        timer.stop()
    }

    visible: message !== ""
    implicitWidth: row.implicitWidth + Theme.margin * 1.5
    implicitHeight: Math.max(Theme.controlHeight, label.implicitHeight) + Theme.gap * 1.5
    radius: Theme.radius
    color: Theme.toast

    Accessible.role: Accessible.AlertMessage
    Accessible.name: message

    HoverHandler { id: hover }
    Timer {
        id: timer
        interval: toast.timeout
        running: toast.visible && !hover.hovered
        onTriggered: toast.hide()
    }
    Shadow { radius: toast.radius }
    Row {
        id: row
        anchors.centerIn: parent
        spacing: Theme.gap
        Text {
            id: label
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, (toast.parent?.width ?? 0) - button.width - 96)
            leftPadding: Theme.gap * 0.5
            text: toast.message
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            maximumLineCount: 3
            elide: Text.ElideRight
            color: Theme.toastText
            font.pixelSize: Theme.body
        }
        ToastButton {
            id: button
            anchors.verticalCenter: parent.verticalCenter
            visible: text !== ""
            text: toast.actionText
            onClicked: {
                const callback = toast.callback
                callback()
                toast.hide()
            }
        }
        IconButton {
            anchors.verticalCenter: parent.verticalCenter
            iconName: "close"
            iconSize: 14
            tint: Theme.toastText
            text: qsTr("Dismiss")
            onClicked: toast.hide()
        }
    }
}
