import QtQuick
import QtTest
import RocmForge
import RocmForge.Ui
import "tree.js" as Tree

Item {
    id: root

    width: 600
    height: 400

    function block(text) {
        return { kind: Block.Paragraph, text: text, language: "", level: 0, open: false, seconds: 0 }
    }

    Component {
        id: modelComponent
        MessageListModel {}
    }
    Component {
        id: listComponent
        MessageList {
            anchors.fill: parent
            busy: false
        }
    }
    SignalSpy { id: action; signalName: "action" }

    TestCase {
        id: test
        name: "MessageList"
        when: windowShown

        property var model: null
        property var list: null

        function init() {
            model = createTemporaryObject(modelComponent, root)
            for (let i = 0; i < 60; ++i)
                model.add(i + 1, i % 2 ? "assistant" : "user", `message ${i}`, [root.block(`message ${i}`)])
            list = createTemporaryObject(listComponent, root, { model: model })
            action.target = list
            action.clear()
            tryVerify(() => list.itemAtIndex(59) !== null)
            tryVerify(() => list.distanceToEnd < 1)
        }

        function test_opensAtTheEndAndMakesOnlyWhatIsSeen() {
            compare(list.itemAtIndex(0), null)
            verify(list.itemAtIndex(59) !== null)
        }

        function test_followsAGrowingAnswer() {
            const blocks = model.get(59).blocks
            for (let i = 0; i < 20; ++i) {
                blocks.setProperty(0, "text", "word ".repeat(40 * (i + 1)))
                tryVerify(() => list.distanceToEnd < 1)
            }
        }

        function test_staysWhenThePersonScrolledUp() {
            waitForRendering(list)
            mouseWheel(list, 300, 200, 0, 600)
            tryVerify(() => !list.following)
            tryCompare(list, "moving", false)
            const y = list.contentY
            model.get(59).blocks.setProperty(0, "text", "word ".repeat(600))
            wait(50)
            compare(list.contentY, y)
        }

        function test_thePillLeadsBackToTheEnd() {
            list.jumpTo(10)
            verify(!list.following)
            const pill = Tree.find(list, JumpPill)
            tryVerify(() => pill.visible)
            mouseClick(pill)
            tryVerify(() => list.distanceToEnd < 1)
            verify(list.following)
            tryVerify(() => !pill.visible)
        }

        function test_aGrowingAnswerTouchesOnlyItsLastBlock() {
            const blocks = model.get(59).blocks
            blocks.append(root.block("second"))
            blocks.append(root.block("third"))
            const column = Tree.find(list.itemAtIndex(59), BlockColumn)
            tryVerify(() => column.children.length >= 4)
            const before = [0, 1, 2].map(n => Tree.find(column, BlockView, n).item)
            let layouts = 0
            before[0].contentSizeChanged.connect(() => ++layouts)
            before[1].contentSizeChanged.connect(() => ++layouts)
            blocks.setProperty(2, "text", "third and more ".repeat(30))
            const after = [0, 1, 2].map(n => Tree.find(column, BlockView, n).item)
            for (let n = 0; n < 3; ++n)
                compare(after[n], before[n])
            compare(layouts, 0)
        }

        function test_anAnswerCanBeRegeneratedWithTheKeyboard() {
            list.forceActiveFocus()
            compare(list.currentIndex, 59)
            const actions = Tree.find(list.itemAtIndex(59), MessageActions)
            verify(actions !== null)
            const button = Tree.find(actions, IconButton, 2)
            button.forceActiveFocus()
            keyClick(Qt.Key_Return)
            tryCompare(action, "count", 1)
        }

        function test_arrowsGoThroughTheMessages() {
            list.forceActiveFocus()
            keyClick(Qt.Key_Up)
            compare(list.currentIndex, 58)
            keyClick(Qt.Key_Up)
            compare(list.currentIndex, 57)
            keyClick(Qt.Key_Down)
            compare(list.currentIndex, 58)
        }

        function test_editingKeepsTheMessageUntilItIsSent() {
            list.editRow(58)
            const item = list.itemAtIndex(58)
            verify(item.editing)
            const editor = Tree.find(item, MessageEditor)
            keyClick("!")
            keyClick(Qt.Key_Return, Qt.ControlModifier)
            compare(action.signalArguments[0][0], "edit")
            compare(action.signalArguments[0][1], 59)
            compare(action.signalArguments[0][2], "message 58!")
            verify(!item.editing)
        }

        function test_escapeLeavesTheEditor() {
            list.editRow(58)
            const item = list.itemAtIndex(58)
            keyClick(Qt.Key_Escape)
            verify(!item.editing)
            compare(action.count, 0)
        }

        function test_branchesAreSwitched() {
            model.setProperty(59, "branchCount", 3)
            model.setProperty(59, "branchIndex", 1)
            const switcher = Tree.find(list.itemAtIndex(59), BranchSwitcher)
            tryVerify(() => switcher.visible)
            waitForRendering(list)
            mouseClick(Tree.find(switcher, IconButton, 1))
            compare(action.signalArguments[0][0], "branch")
            compare(action.signalArguments[0][2], 2)
        }

        function test_nothingCanBeChangedWhileAnAnswerRuns() {
            list.busy = true
            const actions = Tree.find(list.itemAtIndex(59), MessageActions)
            let copying = 0
            for (let n = 0; Tree.find(actions, IconButton, n) !== null; ++n) {
                const button = Tree.find(actions, IconButton, n)
                if (button.visible && button.enabled)
                    ++copying
            }
            compare(copying, 2) // copy and details
        }

        function test_thousandsOfMessagesOpenQuickly() {
            const many = createTemporaryObject(modelComponent, root)
            for (let i = 0; i < 3000; ++i)
                many.add(i + 1, i % 2 ? "assistant" : "user", `message ${i}`, [root.block(`message ${i}`)])
            list.model = many
            tryVerify(() => list.itemAtIndex(2999) !== null)
            tryVerify(() => list.distanceToEnd < 1)
            verify(list.contentItem.children.length < 80)
        }
    }
}
