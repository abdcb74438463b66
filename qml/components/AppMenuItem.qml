// A row of an AppMenu: icon, text, shortcut.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

MenuItem {
    id: item

    property string iconName: ""
    property string hint: ""
    property bool destructive: false

    implicitWidth: Math.ceil(label.implicitWidth + hintText.implicitWidth) + 72
    implicitHeight: visible ? Theme.controlHeight : 0
    padding: 0

    Accessible.role: Accessible.MenuItem
    Accessible.name: text

    contentItem: Item {
        Icon {
            x: Theme.unit
            anchors.verticalCenter: parent.verticalCenter
            icon: item.iconName
            size: 16
            color: label.color
        }
        Text {
            id: label
            x: item.iconName === "" ? Theme.unit : Math.round(34 * Theme.fontScale)
            anchors.verticalCenter: parent.verticalCenter
            text: item.text
            color: !item.enabled ? Theme.textDisabled : item.destructive ? Theme.danger : Theme.text
            font.pixelSize: Theme.body
        }
        Caption {
            id: hintText
            anchors.right: parent.right
            anchors.rightMargin: Theme.unit
            anchors.verticalCenter: parent.verticalCenter
            text: item.hint
        }
    }
    indicator: null
    arrow: null
    background: Rectangle {
        radius: Theme.radiusSmall
        color: item.highlighted ? Theme.hover : "transparent"
    }
}
