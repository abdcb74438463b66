// The processor, what the engine uses of it, and the memory.
import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

Card {
    id: card

    required property Hardware hardware

    DeviceTitle {
        iconName: "cpu"
        text: card.hardware.cpuName === "" ? qsTr("Processor") : card.hardware.cpuName
        inUse: true
    }
    FactRow {
        label: qsTr("Instructions")
        value: card.hardware.simd
    }
    FactRow {
        label: qsTr("Cores")
        value: card.hardware.cores > 0 ? qsTr("%1, with %n thread(s)", "", card.hardware.threads).arg(card.hardware.cores) : ""
    }
    FactRow {
        label: qsTr("Memory")
        value: card.hardware.memoryTotal > 0
            ? qsTr("%1 of %2 used").arg(card.hardware.bytesText(card.hardware.memoryUsed)).arg(card.hardware.bytesText(card.hardware.memoryTotal))
            : ""
    }
    MemoryBar {
        Layout.fillWidth: true
        visible: card.hardware.memoryTotal > 0
        total: card.hardware.memoryTotal
        used: card.hardware.memoryUsed
        own: card.hardware.memoryOfApp
    }
    FactRow {
        label: qsTr("ROCmForge")
        value: card.hardware.memoryOfApp > 0 ? card.hardware.bytesText(card.hardware.memoryOfApp) : ""
    }
}
