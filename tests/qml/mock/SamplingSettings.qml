import QtQuick

QtObject {
    property real temperature: 0.8
    property int topK: 40
    property real topP: 0.95
    property real minP: 0.05
    property real repetitionPenalty: 1
    property real seed: -1
    property int maxTokens: 0
    readonly property var defaults: ({
        temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05, repetitionPenalty: 1, seed: -1, maxTokens: 0,
    })

    function defaultOf(name) { return defaults[name] }
    function isDefault(name) { return this[name] === defaults[name] }
    function reset(name) { this[name] = defaults[name] }
}
