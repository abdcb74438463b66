// The head of a code block.
import QtQuick
import RocmForge.Ui

Item {
    id: bar

    required property string language
    required property bool wrapped
    signal wrapToggled()
    signal copyRequested()

    implicitHeight: Theme.controlHeight + 6

    Caption {
        anchors { left: parent.left; leftMargin: Theme.margin * 0.75; verticalCenter: parent.verticalCenter }
        width: parent.width - 2 * Theme.controlHeight - Theme.margin * 2
        text: bar.language === "" ? qsTr("text") : bar.language
    }
    IconButton {
        anchors { right: copy.left; verticalCenter: parent.verticalCenter }
        iconName: "wrap"
        iconSize: 16
        checked: bar.wrapped
        text: bar.wrapped ? qsTr("Do not wrap lines") : qsTr("Wrap lines")
        onClicked: bar.wrapToggled()
    }
    CopyButton {
        id: copy
        anchors { right: parent.right; rightMargin: 3; verticalCenter: parent.verticalCenter }
        text: qsTr("Copy code")
        onClicked: bar.copyRequested()
    }
    Divider {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: 1 }
    }
}
