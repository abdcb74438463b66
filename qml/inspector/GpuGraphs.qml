// The last minute of a GPU, a graph for each sensor that it has.
import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

GridLayout {
    id: graphs

    required property Gpu gpu
    required property Hardware hardware

    columns: 2
    columnSpacing: Theme.margin
    rowSpacing: Theme.gap

    Graph {
        visible: !isNaN(graphs.gpu.utilization)
        label: qsTr("Utilization")
        value: qsTr("%1 %").arg(Math.round(graphs.gpu.utilization * 100))
        samples: graphs.gpu.utilizationHistory
        upper: 1
    }
    Graph {
        visible: !isNaN(graphs.gpu.power)
        label: qsTr("Power")
        value: qsTr("%1 W").arg(Math.round(graphs.gpu.power))
        samples: graphs.gpu.powerHistory
        upper: graphs.gpu.powerCap
    }
    Graph {
        visible: !isNaN(graphs.gpu.vramUsed)
        label: qsTr("VRAM")
        value: graphs.hardware.bytesText(graphs.gpu.vramUsed)
        samples: graphs.gpu.vramHistory
        upper: graphs.gpu.vramTotal
    }
    Graph {
        visible: !isNaN(graphs.gpu.temperature)
        label: qsTr("Temperature")
        value: qsTr("%1 °C").arg(Math.round(graphs.gpu.temperature))
        samples: graphs.gpu.temperatureHistory
        upper: 110
    }
    Graph {
        visible: !isNaN(graphs.gpu.coreClock)
        label: qsTr("Clock")
        value: qsTr("%1 MHz").arg(Math.round(graphs.gpu.coreClock))
        samples: graphs.gpu.clockHistory
    }

    component Graph: SensorGraph {
        Layout.fillWidth: true
        Layout.preferredWidth: 1
    }
}
