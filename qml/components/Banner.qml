// A problem that stays until it is solved: what, what to do, and buttons.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

Rectangle {
    id: banner

    required property string message
    required property string remedy
    default property alias buttons: row.data

    implicitHeight: layout.implicitHeight + Theme.gap * 2
    color: Theme.dangerWash
    visible: message !== ""

    Accessible.role: Accessible.AlertMessage
    Accessible.name: message + " " + remedy

    RowLayout {
        id: layout
        anchors { fill: parent; margins: Theme.gap; leftMargin: Theme.margin }
        spacing: Theme.margin * 0.75
        Icon {
            icon: "warning"
            color: Theme.danger
        }
        Column {
            Layout.fillWidth: true
            Body {
                width: parent.width
                text: banner.message
                wrapMode: Text.Wrap
                maximumLineCount: 3
                Accessible.ignored: true
            }
            Caption {
                width: parent.width
                visible: text !== ""
                text: banner.remedy
                wrapMode: Text.Wrap
                maximumLineCount: 3
                Accessible.ignored: true
            }
        }
        Row {
            id: row
            spacing: Theme.gap
        }
    }
}
