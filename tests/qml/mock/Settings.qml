import QtQuick

QtObject {
    property string theme: "light"
    property bool enterSends: true
    property real fontScale: 1
    property bool sidebarOpen: true
    property bool inspectorOpen: true
    property bool reduceMotion: true
    property string systemPrompt: ""
    property int contextLength: 0
    property string kvCache: "f16"
    property int threads: 0
    property string computeDevice: ""
    property real temperature: 0.8
    property int topK: 40
    property real topP: 0.95
    property real minP: 0.05
    property real repetitionPenalty: 1
    property real seed: -1
    property int maxTokens: 0

    function defaultOf(name) { return App.chat.sampling.defaultOf(name) }
    function reset(name) { this[name] = defaultOf(name) }
}
