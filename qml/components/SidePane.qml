// A pane at the window's edge: beside the content while there is room, over it otherwise.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge.Ui

Item {
    id: pane

    required property bool open
    required property bool beside ///< there is room for it next to the content
    required property bool rightEdge
    required property Component content
    property int paneWidth: 260
    readonly property int occupied: open && beside ? width : 0
    readonly property alias item: loader.item
    signal dismissed()

    width: Math.min(Math.round(paneWidth * Theme.fontScale), parent.width - 48)
    visible: open
    z: beside ? 0 : 2

    Rectangle {
        readonly property real windowWidth: pane.parent.width
        visible: !pane.beside
        x: pane.rightEdge ? -pane.x : 0
        width: windowWidth
        height: pane.height
        color: Theme.scrim
        TapHandler { onTapped: pane.dismissed() }
    }
    Rectangle {
        anchors.fill: parent
        color: Theme.pane
        TapHandler {}
    }
    Lazy {
        id: loader
        anchors.fill: parent
        active: pane.open
        content: pane.content
    }
    Divider {
        anchors { top: parent.top; bottom: parent.bottom }
        anchors { left: pane.rightEdge ? parent.left : undefined; right: pane.rightEdge ? undefined : parent.right }
        width: 1
    }
}
