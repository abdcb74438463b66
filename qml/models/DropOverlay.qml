// Covers the window while files are dragged over it, and takes them.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge.Ui

DropArea {
    id: area

    property var names: []
    signal filesDropped(var urls)

    function nameOf(url) {
        return decodeURIComponent(url.toString().replace(/\/$/, "").split("/").pop())
    }

    keys: ["text/uri-list"]
    onEntered: drag => {
        drag.accepted = drag.hasUrls
        names = drag.urls.map(nameOf)
    }
    onDropped: drop => {
        drop.accept(Qt.CopyAction)
        filesDropped(drop.urls)
    }

    Lazy {
        anchors.fill: parent
        active: area.containsDrag
        content: Rectangle {
            color: Theme.scrim
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text.text

            Rectangle {
                anchors { fill: parent; margins: Theme.margin }
                radius: Theme.radiusLarge
                color: Theme.popup
                border.width: 2
                border.color: Theme.accent
                opacity: 0.96
            }
            Column {
                anchors.centerIn: parent
                width: parent.width - 6 * Theme.margin
                spacing: Theme.gap
                Icon {
                    anchors.horizontalCenter: parent.horizontalCenter
                    icon: "drop"
                    size: 44
                    color: Theme.accent
                }
                Body {
                    id: text
                    width: parent.width
                    horizontalAlignment: Text.AlignHCenter
                    elide: Text.ElideMiddle
                    font.pixelSize: Theme.title
                    font.weight: Font.DemiBold
                    text: area.names.length === 1 ? area.names[0]
                                                  : qsTr("%1 files").arg(area.names.length)
                }
                Caption {
                    width: parent.width
                    horizontalAlignment: Text.AlignHCenter
                    text: qsTr("Drop to look at it; nothing is copied")
                }
            }
        }
    }
}
