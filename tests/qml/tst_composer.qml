import QtQuick
import QtTest
import RocmForge.Ui

Item {
    id: root

    width: 600
    height: 500

    Composer {
        id: composer
        width: 500
        height: implicitHeight
        maximumHeight: 200
        focus: true
        draft: ""
        busy: false
        canSend: true
        enterSends: true
        onDraftEdited: text => draft = text
    }
    SignalSpy { id: sent; target: composer; signalName: "sent" }
    SignalSpy { id: stopped; target: composer; signalName: "stopped" }
    SignalSpy { id: editLast; target: composer; signalName: "editLastRequested" }

    TestCase {
        name: "Composer"
        when: windowShown

        function type(text) {
            for (const letter of text)
                keyClick(letter)
        }

        function init() {
            composer.draft = ""
            composer.busy = false
            composer.canSend = true
            composer.enterSends = true
            composer.focusText()
            sent.clear()
            stopped.clear()
            editLast.clear()
        }

        function test_enterSendsWhatIsTyped() {
            type("hello")
            compare(composer.draft, "hello")
            keyClick(Qt.Key_Return)
            compare(sent.count, 1)
            compare(sent.signalArguments[0][0], "hello")
        }

        function test_shiftEnterBreaksTheLine() {
            type("a")
            keyClick(Qt.Key_Return, Qt.ShiftModifier)
            type("b")
            compare(composer.draft, "a\nb")
            compare(sent.count, 0)
        }

        function test_enterAndShiftEnterCanBeSwapped() {
            composer.enterSends = false
            type("a")
            keyClick(Qt.Key_Return)
            compare(sent.count, 0)
            compare(composer.draft, "a\n")
            keyClick(Qt.Key_Return, Qt.ShiftModifier)
            compare(sent.count, 1)
        }

        function test_controlEnterAlwaysSends() {
            composer.enterSends = false
            type("a")
            keyClick(Qt.Key_Return, Qt.ControlModifier)
            compare(sent.count, 1)
        }

        function test_blankTextIsNotSent() {
            type("  ")
            keyClick(Qt.Key_Return)
            compare(sent.count, 0)
        }

        function test_nothingIsSentWhileItCannotBe() {
            composer.canSend = false
            type("a")
            keyClick(Qt.Key_Return)
            compare(sent.count, 0)
            compare(composer.draft, "a")
        }

        function test_theButtonStopsARunningAnswer() {
            composer.busy = true
            composer.canSend = false
            keyClick(Qt.Key_Tab)
            keyClick(Qt.Key_Space)
            compare(stopped.count, 1)
            compare(sent.count, 0)
        }

        function test_upEditsTheLastMessageOnlyWhenEmpty() {
            keyClick(Qt.Key_Up)
            compare(editLast.count, 1)
            type("a")
            keyClick(Qt.Key_Up)
            compare(editLast.count, 1)
        }

        function test_growsWithTheTextUpToItsLimit() {
            const single = composer.height
            composer.draft = "1\n2\n3\n4"
            tryVerify(() => composer.height > single * 1.5)
            composer.draft = "line\n".repeat(100)
            tryCompare(composer, "height", 200)
            composer.draft = ""
            tryCompare(composer, "height", single)
        }
    }
}
