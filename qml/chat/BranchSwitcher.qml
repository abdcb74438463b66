// "‹ 2/3 ›": goes through the alternatives of a message.
import QtQuick
import RocmForge.Ui

Row {
    id: switcher

    required property int branchIndex
    required property int branchCount
    signal selected(int index)

    Accessible.role: Accessible.SpinBox
    Accessible.name: qsTr("Alternative %1 of %2").arg(branchIndex + 1).arg(branchCount)

    IconButton {
        width: 24
        iconName: "chevron-left"
        iconSize: 14
        text: qsTr("Previous alternative")
        enabled: switcher.branchIndex > 0
        onClicked: switcher.selected(switcher.branchIndex - 1)
    }
    Caption {
        anchors.verticalCenter: parent.verticalCenter
        text: (switcher.branchIndex + 1) + "/" + switcher.branchCount
    }
    IconButton {
        width: 24
        iconName: "chevron-right"
        iconSize: 14
        text: qsTr("Next alternative")
        enabled: switcher.branchIndex < switcher.branchCount - 1
        onClicked: switcher.selected(switcher.branchIndex + 1)
    }
}
