import QtQuick

QtObject {
    property string pciAddress: "0000:03:00.0"
    property string name: "AMD Radeon RX 7900 XTX"
    property string target: "gfx1100"
    property int computeUnits: 96
    property bool integrated: false
    property bool inUse: false
    property bool asleep: false
    property real utilization: 0.37
    property real vramTotal: 25.8e9
    property real vramUsed: 5.3e9
    property real gttTotal: 33.5e9
    property real gttUsed: 0.1e9
    property real temperature: 72
    property string temperatures: "edge 54 °C · junction 67 °C · memory 72 °C"
    property real power: 143
    property real powerCap: 339
    property real coreClock: 2371
    property real memoryClock: 1249
    property var utilizationHistory: [0.1, 0.5, NaN, 0.3, 0.37]
    property var vramHistory: [5e9, 5.1e9, 5.2e9, 5.2e9, 5.3e9]
    property var temperatureHistory: [70, 71, 71, 72, 72]
    property var powerHistory: [60, 200, 180, 150, 143]
    property var clockHistory: [500, 2400, 2371]
}
