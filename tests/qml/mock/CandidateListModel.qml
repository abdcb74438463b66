import QtQuick

ListModel {
    property real bestProbability: 0
    property int keptCount: 0
    property bool active: false

    function show(...probabilities) {
        clear()
        for (const probability of probabilities)
            append({ text: " t" + count, probability, kept: probability > 0.1, drawn: count === 1 })
        bestProbability = probabilities[0]
        keptCount = probabilities.filter(probability => probability > 0.1).length
    }
}
