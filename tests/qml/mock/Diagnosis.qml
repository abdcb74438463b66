import QtQuick

QtObject {
    property bool running: false
    property string report: ""
    property var calls: []

    function run() {
        calls = calls.concat("run")
        running = true
    }
    function copy() { calls = calls.concat("copy") }
}
