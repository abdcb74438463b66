// A pop-up menu of AppMenuItems.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Menu {
    id: menu

    padding: Theme.unit * 0.75
    margins: Theme.unit
    implicitWidth: Math.max(Math.round(200 * Theme.fontScale), contentWidth + leftPadding + rightPadding)

    delegate: AppMenuItem {}
    background: Rectangle {
        radius: Theme.radius
        color: Theme.popup
        border.width: 1
        border.color: Theme.border
        Shadow {}
    }
    enter: Transition { NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.quick } }
    exit: Transition { NumberAnimation { property: "opacity"; from: 1; to: 0; duration: Theme.quick } }
}
