// A model in the picker.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: row

    required property string name
    required property string path
    required property string quantization
    required property string sizeText
    required property bool missing
    required property bool supported
    required property string problem
    property bool loaded: false
    readonly property bool usable: supported && !missing

    implicitHeight: Math.round(44 * Theme.fontScale)
    enabled: usable
    hoverEnabled: true
    text: name
    Accessible.role: Accessible.MenuItem
    Accessible.name: name
    Accessible.description: loaded ? qsTr("Loaded") : facts.text
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Item {
        Body {
            id: title
            anchors { left: parent.left; right: mark.left; top: parent.top }
            anchors { leftMargin: Theme.gap; rightMargin: Theme.gap; topMargin: 5 }
            text: row.name
            color: row.usable ? Theme.text : Theme.textDisabled
            Accessible.ignored: true
        }
        Caption {
            id: facts
            anchors { left: title.left; right: title.right; top: title.bottom; topMargin: 1 }
            text: row.missing ? qsTr("The file is gone")
                : row.usable ? qsTr("%1 · %2").arg(row.quantization).arg(row.sizeText) : row.problem
            Accessible.ignored: true
        }
        Icon {
            id: mark
            anchors { right: parent.right; rightMargin: Theme.gap; verticalCenter: parent.verticalCenter }
            icon: row.loaded ? "check" : ""
            color: Theme.accentText
            width: 18
        }
    }
    background: Rectangle {
        radius: Theme.radiusSmall
        color: row.hovered || row.activeFocus ? Theme.hover : "transparent"
    }
}
