import QtQuick
import QtTest
import RocmForge.Ui
import "tree.js" as Tree

Item {
    width: 600
    height: 200

    Toast { id: toast }

    TestCase {
        name: "Toast"
        when: windowShown

        function test_showsItsMessageForAWhile() {
            toast.timeout = 50
            toast.show("Saved")
            verify(toast.visible)
            tryVerify(() => !toast.visible)
        }

        function test_theActionRunsOnceAndHides() {
            let undone = 0
            toast.timeout = 8000
            toast.show("Gone", "Undo", () => ++undone)
            waitForRendering(toast)
            mouseClick(Tree.find(toast, ToastButton))
            compare(undone, 1)
            verify(!toast.visible)
        }
    }
}
