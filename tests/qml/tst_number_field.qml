import QtQuick
import QtTest
import RocmForge.Ui

Item {
    id: root

    width: 300
    height: 100

    NumberField {
        id: field
        label: "Top-p"
        value: 0.95
        onCommitted: value => field.value = value
    }
    Item { id: elsewhere; focus: true }
    SignalSpy { id: committed; target: field; signalName: "committed" }

    TestCase {
        name: "NumberField"
        when: windowShown

        function enter(text) {
            field.forceActiveFocus()
            field.selectAll()
            keyClick(Qt.Key_Delete)
            for (const letter of text)
                keyClick(letter)
        }

        function init() {
            elsewhere.forceActiveFocus()
            field.emptyText = ""
            field.value = 0.95
            committed.clear()
        }

        function test_showsItsDecimals() {
            compare(field.text, "0.95")
            field.value = 1
            compare(field.text, "1.00")
        }

        function test_enterCommits() {
            enter("0.5")
            keyClick(Qt.Key_Return)
            compare(field.value, 0.5)
            compare(field.text, "0.50")
        }

        function test_leavingCommits() {
            enter("0.25")
            elsewhere.forceActiveFocus()
            compare(field.value, 0.25)
        }

        function test_outOfRangeIsMarkedAndDropped() {
            enter("7")
            verify(field.invalid)
            elsewhere.forceActiveFocus()
            compare(field.value, 0.95)
            compare(field.text, "0.95")
        }

        function test_lettersAreNotAccepted() {
            enter("x0.5y")
            compare(field.text, "0.5")
        }

        function test_emptyIsNothingOnlyWhereItMayBe() {
            enter("")
            elsewhere.forceActiveFocus()
            compare(field.value, 0.95)
            field.emptyText = "random"
            enter("")
            elsewhere.forceActiveFocus()
            verify(isNaN(field.value))
            compare(field.text, "")
        }

        function test_arrowsStepWithinTheLimits() {
            field.value = 0.995
            field.forceActiveFocus()
            keyClick(Qt.Key_Up)
            compare(field.value, 1)
            keyClick(Qt.Key_Down)
            fuzzyCompare(field.value, 0.99, 1e-9)
        }

        function test_leavingUntouchedCommitsNothingNew() {
            field.value = 0.123456
            committed.clear()
            field.forceActiveFocus()
            elsewhere.forceActiveFocus()
            compare(field.value, 0.123456)
        }
    }
}
