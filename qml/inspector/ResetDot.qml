// An ember dot beside a value that differs from its default; clicking resets it.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: dot

    required property string label

    implicitWidth: 24
    implicitHeight: 24
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    text: qsTr("Reset %1").arg(label)
    Accessible.role: Accessible.Button
    Accessible.name: text
    Keys.onReturnPressed: clicked()

    contentItem: Item {
        Rectangle {
            anchors.centerIn: parent
            visible: !dot.hovered && !dot.visualFocus
            width: 7
            height: 7
            radius: 3.5
            color: Theme.accent
        }
        Icon {
            anchors.centerIn: parent
            visible: dot.hovered || dot.visualFocus
            icon: "reset"
            size: 14
            color: Theme.accentText
        }
    }
    background: Item { FocusRing { shown: dot.visualFocus } }
    ToolTip.visible: hovered
    ToolTip.delay: 500
    ToolTip.text: text
}
