// One GPU: what it is, its memories, and what its sensors say, as far as its driver tells.
import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

Card {
    id: card

    required property Gpu gpu
    required property Hardware hardware

    DeviceTitle {
        iconName: "gpu"
        text: card.gpu.name
        inUse: card.gpu.inUse
        asleep: card.gpu.asleep
    }
    FactLine {
        Layout.fillWidth: true
        wrapMode: Text.Wrap
        facts: [
            card.gpu.target,
            card.gpu.computeUnits > 0 ? qsTr("compute units: %1").arg(card.gpu.computeUnits) : "",
            card.gpu.integrated ? qsTr("part of the processor") : "",
        ]
    }
    Body {
        Layout.fillWidth: true
        visible: card.gpu.asleep
        wrapMode: Text.Wrap
        font.pixelSize: Theme.caption
        text: qsTr("It sleeps to save power, and is not woken to be measured.")
    }
    MemoryRow {
        label: qsTr("VRAM")
        total: card.gpu.vramTotal
        used: card.gpu.vramUsed
        hardware: card.hardware
    }
    MemoryRow {
        label: qsTr("GTT")
        total: card.gpu.gttTotal
        used: card.gpu.gttUsed
        hardware: card.hardware
    }
    GpuGraphs {
        Layout.fillWidth: true
        Layout.topMargin: Theme.gap * 0.5
        gpu: card.gpu
        hardware: card.hardware
    }
    FactRow {
        label: qsTr("Temperatures")
        value: card.gpu.temperatures
    }
    FactRow {
        label: qsTr("Memory clock")
        value: isNaN(card.gpu.memoryClock) ? "" : qsTr("%1 MHz").arg(Math.round(card.gpu.memoryClock))
    }
    FactRow {
        label: qsTr("PCI address")
        value: card.gpu.pciAddress
    }
}
