import QtQuick
import QtTest
import RocmForge
import RocmForge.Ui
import "tree.js" as Tree

Item {
    id: root

    width: 300
    height: 200

    Component {
        id: modelComponent
        CandidateListModel {}
    }
    Component {
        id: chartComponent
        CandidateChart { width: 300 }
    }

    TestCase {
        name: "CandidateChart"
        when: windowShown

        property CandidateListModel candidates: null
        property CandidateChart chart: null

        function init() {
            candidates = modelComponent.createObject(root)
            chart = createTemporaryObject(chartComponent, root, { candidates })
        }

        function bars() {
            return Tree.all(chart, CandidateBar)
        }
        function caption() {
            return Tree.all(chart, Caption, true).map(caption => caption.text).join(" ").trim()
        }
        function heightOf(bar) {
            return Tree.all(bar, Rectangle)[0].height
        }

        function test_itSaysWhatWillBeHere() {
            verify(caption().includes("next answer"))
            compare(bars().length, 0)
        }

        function test_barsAreAsHighAsTheirProbability() {
            candidates.show(0.4, 0.2, 0.05)
            compare(bars().length, 3)
            fuzzyCompare(heightOf(bars()[1]), heightOf(bars()[0]) / 2, 0.5)
            verify(heightOf(bars()[0]) < chart.height)
            verify(bars()[2].x + bars()[2].width <= 300 / 10)
        }

        function test_keptOnesAreColouredAndCutOnesGrey() {
            candidates.show(0.4, 0.2, 0.05)
            const colours = bars().map(bar => Tree.all(bar, Rectangle)[0].color)
            compare(colours[0], Theme.accent)
            compare(colours[1], Theme.accent)
            compare(colours[2], Theme.controlBorder)
            compare(caption(), "2 of 3 kept")
        }

        function test_hoveringABarNamesItsToken() {
            candidates.show(0.4, 0.2, 0.05)
            const bar = bars()[2]
            mouseMove(bar, bar.width / 2, bar.height / 2)
            tryVerify(() => caption().includes("t2") && caption().includes("5.0 %") && caption().includes("cut"))
            candidates.clear()
            verify(caption().includes("next answer"))
        }

        function test_theDrawnOneHasADot() {
            candidates.show(0.4, 0.2, 0.05)
            compare(bars().map(bar => Tree.all(bar, Rectangle)[1].visible), [false, true, false])
        }

        function test_candidatesAreAskedForWhileItIsThere() {
            verify(candidates.active)
            const other = modelComponent.createObject(root)
            chart.candidates = other
            verify(other.active)
            verify(!candidates.active)
            chart.destroy()
            tryVerify(() => !other.active)
        }

        function test_itCanBeHeard() {
            compare(chart.Accessible.role, Accessible.Chart)
            candidates.show(0.4, 0.2, 0.05)
            verify(chart.Accessible.name.includes("2 of 3 kept"))
            verify(bars()[0].Accessible.name.includes("40.0 %"))
        }
    }
}
