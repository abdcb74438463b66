// The machine: a card for the processor, one for each GPU, what HIP makes of them, and which to use.
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
    // Not rows of this layout: those of Qt 6.4 do not bear that all of them are replaced.
    Column {
        id: cards
        Layout.fillWidth: true
        Layout.leftMargin: Theme.margin
        Layout.rightMargin: Theme.margin
        spacing: panel.spacing
        visible: panel.hardware.gpus.length > 0
        Repeater {
            model: panel.hardware.gpus
            GpuSensorsCard {
                required property Gpu modelData
                width: cards.width
                hardware: panel.hardware
                gpu: modelData
            }
        }
    }
    GpuCard {
        Layout.fillWidth: true
        Layout.leftMargin: Theme.margin
        Layout.rightMargin: Theme.margin
        gpu: panel.hardware.gpu
        inUse: App.engine.onGpu
    }
    DeviceChoice {
        Layout.fillWidth: true
        Layout.leftMargin: Theme.margin
        Layout.rightMargin: Theme.margin
        hardware: panel.hardware
    }
    DiagnosisCard {
        Layout.fillWidth: true
        Layout.leftMargin: Theme.margin
        Layout.rightMargin: Theme.margin
        diagnosis: App.diagnosis
    }
    Item { implicitHeight: Theme.gap * 0.5 }
}
