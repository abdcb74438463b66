// A setting that is on or off, with a sentence about it.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Layouts
import RocmForge.Ui

Switch {
    id: toggle

    property string explanation: ""

    Layout.fillWidth: true
    implicitHeight: Math.max(Theme.controlHeight, implicitContentHeight) + 2 * Theme.unit * 0.5
    padding: 0
    focusPolicy: Qt.StrongFocus

    Accessible.role: Accessible.CheckBox
    Accessible.name: text
    Accessible.description: explanation

    contentItem: Column {
        rightPadding: 56
        topPadding: (toggle.height - implicitHeight) / 2
        Body {
            width: toggle.width - 56
            text: toggle.text
            Accessible.ignored: true
        }
        Caption {
            width: toggle.width - 56
            visible: text !== ""
            text: toggle.explanation
            wrapMode: Text.Wrap
            Accessible.ignored: true
        }
    }
    indicator: Rectangle {
        x: toggle.width - width
        y: (toggle.height - height) / 2
        implicitWidth: 40
        implicitHeight: 22
        radius: 11
        color: toggle.checked ? Theme.accentFill : "transparent"
        border.width: toggle.checked ? 0 : 1
        border.color: Theme.controlBorder
        Rectangle {
            x: toggle.checked ? parent.width - width - 4 : 4
            y: 4
            width: 14
            height: 14
            radius: 7
            color: toggle.checked ? Theme.accentFillText : Theme.controlBorder
            Behavior on x { NumberAnimation { duration: Theme.quick } }
        }
        FocusRing {
            radius: 13
            shown: toggle.visualFocus
        }
    }
}
