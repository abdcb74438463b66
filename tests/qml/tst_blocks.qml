import QtQuick
import QtTest
import RocmForge
import RocmForge.Ui
import "tree.js" as Tree

Item {
    id: root

    width: 600
    height: 800

    Component {
        id: viewComponent
        BlockView {
            width: 500
            kind: Block.Paragraph
            text: "text"
            language: ""
            level: 0
            open: false
            seconds: 0
        }
    }
    SignalSpy { id: copied; signalName: "copyRequested" }

    TestCase {
        name: "Blocks"
        when: windowShown

        function make(properties) {
            const view = createTemporaryObject(viewComponent, root, properties)
            verify(view.item)
            return view
        }

        function test_everyKindHasItsComponent_data() {
            return [
                { tag: "paragraph", kind: Block.Paragraph, type: RichText },
                { tag: "heading", kind: Block.Heading, type: HeadingBlock },
                { tag: "list", kind: Block.List, type: RichText },
                { tag: "quote", kind: Block.Quote, type: QuoteBlock },
                { tag: "code", kind: Block.Code, type: CodeBlock },
                { tag: "table", kind: Block.Table, type: TableBlock },
                { tag: "thinking", kind: Block.Thinking, type: ThinkingBlock },
                { tag: "rule", kind: Block.Rule, type: Divider },
                { tag: "error", kind: Block.Error, type: ErrorBlock },
                { tag: "notice", kind: Block.Notice, type: NoticeBlock },
            ]
        }

        function test_everyKindHasItsComponent(row) {
            const view = make({ kind: row.kind })
            verify(view.item instanceof row.type)
            verify(view.implicitHeight > 0)
            compare(view.item.width, 500)
        }

        function test_textCanBeSelectedButNotEdited() {
            const text = Tree.find(make({ text: "some <b>bold</b> words" }), RichText)
            verify(text.readOnly && text.selectByMouse)
            compare(text.getText(0, text.length), "some bold words")
        }

        function test_growingTextKeepsTheItem() {
            const view = make({ text: "a" })
            const item = view.item
            view.text = "a b"
            compare(view.item, item)
            view.kind = Block.Code
            verify(view.item instanceof CodeBlock)
        }

        function test_codeIsCopiedVerbatim() {
            const view = make({ kind: Block.Code, text: "if a < b:\n    pass", language: "python" })
            copied.target = view
            copied.clear()
            mouseClick(Tree.find(view, CopyButton))
            compare(copied.signalArguments[0][0], "if a < b:\n    pass")
        }

        function test_longLinesScrollOrWrap() {
            const view = make({ kind: Block.Code, text: "word ".repeat(200) })
            const text = Tree.find(view, CodeText)
            verify(text.contentWidth > text.width)
            const oneLine = view.implicitHeight
            view.item.wrapped = true
            compare(text.contentWidth, text.width)
            tryVerify(() => view.implicitHeight > oneLine)
        }

        function test_veryLongCodeIsFolded() {
            const view = make({ kind: Block.Code, text: "line\n".repeat(500) })
            verify(view.item.foldable)
            verify(view.implicitHeight < 600)
            view.item.unfolded = true
            verify(view.implicitHeight > 5000)
        }

        function test_thinkingFoldsWhenItIsOver() {
            const view = make({ kind: Block.Thinking, open: true })
            verify(view.item.shown)
            tryVerify(() => view.implicitHeight > 40)
            const unfolded = view.implicitHeight
            view.open = false
            verify(!view.item.shown)
            tryVerify(() => view.implicitHeight < unfolded)
        }

        function test_foldedThinkingTellsItsDurationAndUnfolds() {
            const view = make({ kind: Block.Thinking, seconds: 3.21 })
            const header = view.item.children[0]
            compare(header.text, "Thought for 3.2 s")
            mouseClick(header)
            verify(view.item.shown)
        }

        function test_wideTablesScroll() {
            const cells = "<td>a rather wide cell of a table</td>".repeat(12)
            const view = make({ kind: Block.Table, text: "<table><tr>" + cells + "</tr></table>" })
            verify(view.item.contentWidth > view.item.width)
        }
    }
}
