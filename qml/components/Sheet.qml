// A modal sheet with a title, a body that scrolls when the window is small, and buttons.
import QtQuick
import QtQuick.Controls.Basic
import QtQuick.Templates as T
import RocmForge.Ui

Dialog {
    id: sheet

    property int preferredWidth: 520
    default property alias body: column.data
    property alias buttons: buttonRow.data

    parent: T.Overlay.overlay
    anchors.centerIn: parent
    modal: true
    focus: true
    padding: Theme.margin * 1.5
    topPadding: 0
    width: Math.min(Math.round(preferredWidth * Theme.fontScale), parent ? parent.width - 48 : 0)
    height: Math.min(implicitHeight, parent ? parent.height - 48 : 0)
    implicitHeight: column.implicitHeight + header.implicitHeight + footer.implicitHeight + bottomPadding

    header: Item {
        implicitHeight: heading.implicitHeight + Theme.margin * 2.25
        Text {
            id: heading
            anchors { left: parent.left; right: closeButton.left; top: parent.top }
            anchors { leftMargin: Theme.margin * 1.5; topMargin: Theme.margin * 1.25; rightMargin: Theme.gap }
            text: sheet.title
            elide: Text.ElideRight
            textFormat: Text.PlainText
            color: Theme.text
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }
        IconButton {
            id: closeButton
            anchors { right: parent.right; top: parent.top; margins: Theme.margin * 0.75 }
            iconName: "close"
            text: qsTr("Close")
            hint: "Esc"
            onClicked: sheet.close()
        }
    }
    contentItem: Flickable {
        id: flick
        contentHeight: column.implicitHeight
        contentWidth: width
        clip: contentHeight > height
        boundsBehavior: Flickable.StopAtBounds
        ScrollBar.vertical: SlimScrollBar {}
        Column {
            id: column
            width: flick.width
            spacing: Theme.gap
        }
    }
    footer: Item {
        implicitHeight: buttonRow.children.length > 0 ? buttonRow.implicitHeight + Theme.margin * 1.5 : 0
        Row {
            id: buttonRow
            anchors { right: parent.right; rightMargin: Theme.margin * 1.5; top: parent.top }
            spacing: Theme.gap
        }
    }
    background: Rectangle {
        radius: Theme.radiusLarge
        color: Theme.popup
        border.width: 1
        border.color: Theme.border
        Shadow { radius: Theme.radiusLarge }
    }
    T.Overlay.modal: Rectangle { color: Theme.scrim }
    enter: Transition { NumberAnimation { property: "opacity"; from: 0; to: 1; duration: Theme.smooth } }
    exit: Transition { NumberAnimation { property: "opacity"; from: 1; to: 0; duration: Theme.quick } }
}
