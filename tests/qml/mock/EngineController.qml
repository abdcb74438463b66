import QtQuick

QtObject {
    enum State { NoModel, Loading, Ready, Failed }

    property int state: EngineController.NoModel
    readonly property bool ready: state === EngineController.Ready
    property real progress: 0
    property string progressText: ""
    property string modelPath: ""
    property string modelName: ""
    property string badge: ""
    property string quantization: ""
    property string backend: ""
    property bool onGpu: false
    property int contextSize: 0
    property var facts: []
    property string errorText: ""
    property string errorRemedy: ""
    property var calls: []

    function load(path) { calls = calls.concat("load " + path) }
    function cancelLoad() { calls = calls.concat("cancelLoad") }
    function unload() { calls = calls.concat("unload") }
    function tryAs(architecture, path) { calls = calls.concat("tryAs " + architecture + " " + path) }
    function loadDemo() { calls = calls.concat("loadDemo") }
}
