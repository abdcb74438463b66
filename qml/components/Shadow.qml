// A soft edge under a floating surface, cheap enough for software rendering.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge.Ui

Item {
    id: shadow

    property int radius: Theme.radius

    anchors.fill: parent
    z: -1

    Repeater {
        model: 4
        Rectangle {
            required property int index
            anchors.fill: parent
            anchors.margins: -1 - index * 2
            anchors.topMargin: 1 - index
            anchors.bottomMargin: -3 - index * 3
            radius: shadow.radius + index * 2
            color: Theme.dark ? "#18000000" : "#09000000"
        }
    }
}
