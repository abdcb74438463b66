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
        value: card.hardware.cores > 0
            ? qsTr("%1 (threads: %2)").arg(card.hardware.cores).arg(card.hardware.threads) : ""
    }
    FactRow {
        label: qsTr("Memory")
        value: card.hardware.memoryTotal > 0
            ? qsTr("%1 of %2").arg(card.hardware.bytesText(card.hardware.memoryUsed))
                              .arg(card.hardware.bytesText(card.hardware.memoryTotal))
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
