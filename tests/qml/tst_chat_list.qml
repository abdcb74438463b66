import QtQuick
import QtTest
import RocmForge
import RocmForge.Ui
import "tree.js" as Tree

Item {
    id: root

    width: 280
    height: 500

    ChatListModel { id: model }
    ChatList {
        id: list
        anchors.fill: parent
        model: model
        searching: false
        loaded: true
        chatShown: true
    }
    Item { id: elsewhere }
    SignalSpy { id: opened; target: list; signalName: "opened" }
    SignalSpy { id: trashed; target: list; signalName: "trashed" }
    SignalSpy { id: renamed; target: list; signalName: "renamed" }

    TestCase {
        name: "ChatList"
        when: windowShown

        function init() {
            model.clear()
            model.add(1, "One", "Pinned", { pinned: true })
            model.add(2, "Two", "Today", { current: true })
            model.add(3, "Three", "Today", { snippet: "a <b>hit</b>", hitMessageId: 33 })
            elsewhere.forceActiveFocus()
            list.currentIndex = -1
            tryVerify(() => list.itemAtIndex(2) !== null)
            opened.clear()
            trashed.clear()
            renamed.clear()
        }

        function test_sectionsHaveHeadings() {
            const headings = Tree.all(list.contentItem, SectionLabel, true)
                .map(item => item.text)
            compare(headings.sort(), ["Pinned", "Today"])
        }

        function test_aClickOpensTheChat() {
            mouseClick(list.itemAtIndex(0))
            compare(opened.signalArguments[0][0], 1)
            compare(opened.signalArguments[0][1], 0)
        }

        function test_aHitLeadsToItsMessage() {
            mouseClick(list.itemAtIndex(2))
            compare(opened.signalArguments[0][1], 33)
        }

        function test_arrowsAndEnterOpen() {
            list.forceActiveFocus()
            keyClick(Qt.Key_Down)
            keyClick(Qt.Key_Return)
            compare(opened.signalArguments[0][0], 2)
        }

        function test_deleteMovesToTheTrash() {
            list.forceActiveFocus()
            keyClick(Qt.Key_Delete)
            compare(trashed.signalArguments[0][0], 1)
        }

        function test_renamesInPlace() {
            list.forceActiveFocus()
            keyClick(Qt.Key_F2)
            const row = list.itemAtIndex(0)
            verify(row.renaming)
            keyClick("X")
            keyClick(Qt.Key_Return)
            compare(renamed.signalArguments[0][0], 1)
            compare(renamed.signalArguments[0][1], "X")
            verify(!row.renaming)
        }

        function test_escapeKeepsTheTitle() {
            const row = list.itemAtIndex(0)
            row.renaming = true
            keyClick("X")
            keyClick(Qt.Key_Escape)
            verify(!row.renaming)
            compare(renamed.count, 0)
        }
    }
}
