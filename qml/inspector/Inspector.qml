// The pane of facts and controls: sampling, model, hardware.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

FocusScope {
    id: inspector

    property string tab: "sampling"
    signal collapseRequested()

    Segmented {
        id: tabs
        anchors { left: parent.left; right: collapse.left; top: parent.top; margins: Theme.gap }
        label: qsTr("Inspector")
        value: inspector.tab
        options: [
            { value: "sampling", label: qsTr("Sampling") },
            { value: "model", label: qsTr("Model") },
            { value: "hardware", label: qsTr("Hardware") },
        ]
        onChosen: value => inspector.tab = value
    }
    IconButton {
        id: collapse
        anchors { right: parent.right; top: parent.top; margins: Theme.gap }
        iconName: "close"
        iconSize: 16
        text: qsTr("Hide the inspector")
        hint: "Ctrl+I"
        onClicked: inspector.collapseRequested()
    }
    Flickable {
        id: flick
        anchors { left: parent.left; right: parent.right; top: tabs.bottom; bottom: parent.bottom }
        anchors.topMargin: Theme.gap
        contentHeight: panel.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        ScrollBar.vertical: SlimScrollBar {}

        Lazy {
            id: panel
            width: flick.width
            content: inspector.tab === "sampling" ? sampling
                           : inspector.tab === "model" ? model : hardware
        }
    }
    Component {
        id: sampling
        SamplingPanel {}
    }
    Component {
        id: model
        ModelPanel {}
    }
    Component {
        id: hardware
        HardwarePanel {}
    }
}
