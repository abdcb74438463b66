// The candidates for the last token as bars, the most probable first: kept ones coloured, cut ones grey,
// and a dot below the one that was drawn.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

Column {
    id: chart

    required property CandidateListModel candidates
    readonly property int slots: 30 ///< bars there is room for
    property CandidateBar hoveredBar: null
    property CandidateListModel asked: null ///< the one that knows of this chart

    spacing: Theme.gap * 0.5
    Accessible.role: Accessible.Chart
    Accessible.name: qsTr("Candidates for the last token: %1").arg(hint.visible ? qsTr("none yet") : summary.text)

    function ask(model: CandidateListModel) {
        if (asked)
            asked.active = false
        asked = model
        if (asked)
            asked.active = true
    }

    Component.onCompleted: ask(candidates)
    Component.onDestruction: ask(null)
    onCandidatesChanged: ask(candidates)

    Rectangle {
        id: field
        width: parent.width
        height: Math.round(72 * Theme.fontScale)
        radius: 4
        color: Theme.hover

        Caption {
            id: hint
            anchors { fill: parent; margins: Theme.gap }
            visible: chart.candidates.count === 0
            text: qsTr("The next answer shows here what its tokens are chosen from.")
            wrapMode: Text.Wrap
            elide: Text.ElideNone
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
        }
        Repeater {
            model: chart.candidates
            CandidateBar {
                id: bar
                x: Math.round(index * field.width / chart.slots)
                width: Math.round((index + 1) * field.width / chart.slots) - x
                height: field.height
                best: chart.candidates.bestProbability
                onHoveredChanged: {
                    if (hovered)
                        chart.hoveredBar = bar
                    else if (chart.hoveredBar === bar)
                        chart.hoveredBar = null
                }
                Component.onDestruction: if (chart.hoveredBar === bar) chart.hoveredBar = null
            }
        }
    }
    Caption {
        id: summary
        width: parent.width
        text: chart.hoveredBar !== null ? chart.hoveredBar.description
            : hint.visible ? "" // room for the line stays
            : qsTr("%1 of %2 kept").arg(chart.candidates.keptCount).arg(chart.candidates.count)
    }
}
