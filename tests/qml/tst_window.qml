import QtQuick
import QtQuick.Controls.Basic
import QtTest
import RocmForge
import RocmForge.Ui
import "tree.js" as Tree

TestCase {
    id: test

    name: "Window"
    when: windowShown

    property var window: null
    property string sheetTitle: ""

    Component {
        id: windowComponent
        Main {}
    }

    /// Sheets lie in the overlay, beside the window's content.
    function sheetIsOpen() {
        return Tree.all(window.contentItem.parent, Text, true).some(text => text.text === sheetTitle)
    }

    function init() {
        App.chat.calls = []
        App.chats.calls = []
        App.engine.calls = []
        App.calls = []
        App.models.calls = []
        App.engine.state = EngineController.Ready
        App.engine.modelName = "Ember"
        App.settings.sidebarOpen = true
        App.settings.inspectorOpen = true
        App.firstStart = false
        window = createTemporaryObject(windowComponent, test)
        window.requestActivate()
        tryCompare(window, "active", true)
    }

    function test_theComposerHasTheFocus() {
        verify(Tree.find(window.contentItem, Composer).activeFocus)
    }

    function test_shortcutsReachTheApplication_data() {
        return [
            { tag: "new chat", key: Qt.Key_N, modifiers: Qt.ControlModifier, on: "chats", call: "newChat" },
            { tag: "previous", key: Qt.Key_PageUp, modifiers: Qt.ControlModifier, on: "chats", call: "neighbour -1" },
            { tag: "next", key: Qt.Key_PageDown, modifiers: Qt.ControlModifier, on: "chats", call: "neighbour 1" },
            { tag: "copy", key: Qt.Key_C, modifiers: Qt.ControlModifier | Qt.ShiftModifier, on: "chat",
              call: "copyLast" },
        ]
    }

    function test_shortcutsReachTheApplication(row) {
        keyClick(row.key, row.modifiers)
        compare(App[row.on].calls, [row.call])
    }

    function test_regenerateAnswersTheLastQuestionAgain() {
        App.chat.messages.clear()
        App.chat.messages.add(7, "assistant", "x", [])
        keyClick(Qt.Key_R, Qt.ControlModifier)
        compare(App.chat.calls, ["regenerate 7"])
        App.chat.messages.clear()
    }

    function test_escapeStopsTheAnswer() {
        keyClick(Qt.Key_Escape)
        compare(App.chat.calls, [])
        App.chat.state = ChatController.Generating
        keyClick(Qt.Key_Escape)
        compare(App.chat.calls, ["stop"])
        App.chat.state = ChatController.Idle
    }

    function test_panesToggle() {
        verify(Tree.find(window.contentItem, Sidebar) !== null)
        keyClick(Qt.Key_B, Qt.ControlModifier)
        compare(App.settings.sidebarOpen, false)
        tryVerify(() => Tree.find(window.contentItem, Sidebar) === null)
        keyClick(Qt.Key_I, Qt.ControlModifier)
        compare(App.settings.inspectorOpen, false)
        tryVerify(() => Tree.find(window.contentItem, Inspector) === null)
    }

    function test_narrowWindowsShowPanesOverTheChat() {
        window.width = 720
        window.height = 480
        tryVerify(() => Tree.find(window.contentItem, Sidebar) === null)
        verify(Tree.find(window.contentItem, ChatPage).width >= 700)
        keyClick(Qt.Key_B, Qt.ControlModifier)
        tryVerify(() => Tree.find(window.contentItem, Sidebar) !== null)
        verify(Tree.find(window.contentItem, ChatPage).width >= 700)
        compare(App.settings.sidebarOpen, true)
    }

    function test_searchIsReachedFromTheComposer() {
        keyClick(Qt.Key_K, Qt.ControlModifier)
        verify(Tree.find(window.contentItem, SearchField).activeFocus)
        keyClick("f")
        compare(App.chats.searchText, "f")
        keyClick(Qt.Key_Escape)
        compare(App.chats.searchText, "")
        keyClick(Qt.Key_L, Qt.ControlModifier)
        verify(Tree.find(window.contentItem, Composer).activeFocus)
    }

    function test_pagesOpenAndCloseWithTheKeyboard_data() {
        return [
            { tag: "models", key: Qt.Key_M, type: ModelsPage },
            { tag: "settings", key: Qt.Key_Comma, type: SettingsPage },
        ]
    }

    function test_pagesOpenAndCloseWithTheKeyboard(row) {
        keyClick(row.key, Qt.ControlModifier)
        tryVerify(() => Tree.find(window.contentItem, row.type) !== null)
        verify(!Tree.find(window.contentItem, ChatPage).visible)
        keyClick(Qt.Key_Escape)
        tryVerify(() => Tree.find(window.contentItem, row.type) === null)
        verify(Tree.find(window.contentItem, Composer).activeFocus)
    }

    function test_questionMarkListsTheShortcuts() {
        keyClick("?")
        compare(App.chat.draft, "?")
        App.chat.draft = ""
        Tree.find(window.contentItem, MessageList).forceActiveFocus()
        sheetTitle = "Keyboard shortcuts"
        keyClick("?")
        tryVerify(() => sheetIsOpen())
        keyClick(Qt.Key_Escape)
        tryVerify(() => !sheetIsOpen())
    }

    function test_sendingClearsTheComposer() {
        keyClick("h")
        keyClick("i")
        keyClick(Qt.Key_Return)
        compare(App.chat.calls, ["send hi"])
        compare(App.chat.draft, "")
    }

    function test_firstStartOffersEmber() {
        App.firstStart = true
        App.engine.state = EngineController.NoModel
        tryVerify(() => Tree.find(window.contentItem, FirstStart) !== null)
        tryVerify(() => Tree.find(window.contentItem, ChoiceCard).activeFocus)
        keyClick(Qt.Key_Return)
        compare(App.engine.calls, ["loadDemo"])
        verify(Tree.find(window.contentItem, Composer).activeFocus)
    }

    function test_aDroppedFileShowsItsFactsFirst() {
        const layer = Tree.find(window.contentItem, FloatingLayer)
        sheetTitle = "a.gguf"
        layer.take([Qt.url("file:///models/a.gguf")])
        tryVerify(() => sheetIsOpen())
        compare(App.engine.calls, [])
        tryVerify(() => window.activeFocusItem instanceof AppButton)
        keyClick(Qt.Key_Escape)
        tryVerify(() => !sheetIsOpen())
        layer.take([Qt.url("file:///models/a.gguf"), Qt.url("file:///models/b.gguf")])
        compare(App.calls.length, 1)
    }

    function test_deletingAsksFirst() {
        App.chat.messages.clear()
        App.chat.messages.add(7, "assistant", "x", [])
        const conversation = Tree.find(window.contentItem, Conversation)
        sheetTitle = "Delete the message?"
        conversation.act("delete", 7, null)
        tryVerify(() => window.activeFocusItem instanceof AppButton)
        verify(sheetIsOpen())
        compare(App.chat.calls, [])
        keyClick(Qt.Key_Return)
        compare(App.chat.calls, ["delete 7"])
        tryVerify(() => !sheetIsOpen())
        App.chat.messages.clear()
    }

    function test_trashCanBeUndone() {
        App.chats.moveToTrash(5)
        const toast = Tree.find(window.contentItem, Toast)
        verify(toast.visible)
        waitForRendering(window.contentItem)
        mouseClick(Tree.find(toast, ToastButton))
        compare(App.chats.calls, ["trash 5", "restore 5"])
    }

    function test_problemsOfTheDatabaseAreShown() {
        compare(Tree.find(window.contentItem, Banner), null)
        App.databaseError = "The disk is full."
        App.databaseRemedy = "Make room."
        tryVerify(() => Tree.find(window.contentItem, Banner) !== null)
        compare(Tree.find(window.contentItem, Banner).message, "The disk is full.")
        waitForRendering(window.contentItem)
        mouseClick(Tree.all(Tree.find(window.contentItem, Banner), AppButton, true)[0])
        compare(App.calls, ["retryDatabase"])
        App.databaseError = ""
    }

    function test_everyControlHasANameAndARole() {
        App.chat.messages.clear()
        App.chat.messages.add(1, "assistant", "x", [{ kind: Block.Code, text: "x", language: "", level: 0,
                                                     open: false, seconds: 0 }])
        for (const page of ["chat", "models", "settings"]) {
            window.show(page)
            wait(0)
            const controls = Tree.all(window.contentItem, AbstractButton, true)
                .concat(Tree.all(window.contentItem, Slider, true), Tree.all(window.contentItem, TextField, true),
                        Tree.all(window.contentItem, TextArea, true))
            verify(controls.length > 5, `${controls.length} controls on ${page}`)
            for (const control of controls) {
                verify(control.Accessible.name !== "", `${control} on ${page} has no name`)
                verify(control.Accessible.role !== Accessible.NoRole, `${control} on ${page} has no role`)
            }
        }
        App.chat.messages.clear()
    }
}
