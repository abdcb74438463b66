import QtQuick
import QtQuick.Layouts
import QtTest
import RocmForge.Ui
import "tree.js" as Tree

Item {
    id: root

    width: 320
    height: 120

    SamplingRow {
        id: row
        width: 300
        label: "Top-k"
        explanation: ""
        value: 40
        fallback: 40
        to: 200
        decimals: 0
        onEdited: value => row.value = value
        onReset: row.value = row.fallback
    }

    TestCase {
        name: "SamplingRow"
        when: windowShown

        function init() {
            row.value = 40
        }

        function test_theSliderEdits() {
            Tree.find(row, AppSlider).forceActiveFocus()
            keyClick(Qt.Key_Right)
            compare(row.value, 41)
        }

        function test_theFieldFollowsTheSlider() {
            row.value = 77
            compare(Tree.find(row, NumberField).text, "77")
            compare(Tree.find(row, AppSlider).value, 77)
        }

        function test_theDotShowsAndUndoesAChange() {
            const dot = Tree.find(row, ResetDot)
            verify(!dot.visible)
            row.value = 12
            verify(dot.visible)
            mouseClick(dot)
            compare(row.value, 40)
            verify(!dot.visible)
        }
    }
}
