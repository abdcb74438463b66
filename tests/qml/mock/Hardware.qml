import QtQuick

QtObject {
    property bool active: false
    property string cpuName: "AMD Ryzen 9 7950X"
    property string simd: "AVX-512 VNNI"
    property int cores: 16
    property int threads: 32
    property real memoryTotal: 64e9
    property real memoryUsed: 20e9
    property real memoryOfApp: 5e9
    property var gpu: ({
        title: "No HIP device", reason: "The library libamdhip64.so was not found.",
        remedy: "Install the ROCm runtime.", library: "", driver: "", devices: [], usable: false,
    })

    property var choices: [
        { value: "", label: "Automatic", detail: "the processor for now" },
        { value: "cpu", label: "Processor", detail: "AMD Ryzen 9 7950X" },
    ]
    property list<Gpu> gpus

    function bytesText(bytes) { return (bytes / 1e9).toFixed(1) + " GB" }
}
