// The machine: one card for the processor, one for the GPU or why there is none.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

ColumnLayout {
    id: panel

    readonly property Hardware hardware: App.hardware

    spacing: Theme.gap * 1.5

    Component.onCompleted: hardware.active = true
    Component.onDestruction: hardware.active = false

    CpuCard {
        Layout.fillWidth: true
        Layout.margins: Theme.margin
        Layout.bottomMargin: 0
        hardware: panel.hardware
    }
    GpuCard {
        Layout.fillWidth: true
        Layout.margins: Theme.margin
        Layout.topMargin: 0
        gpu: panel.hardware.gpu
    }
}
