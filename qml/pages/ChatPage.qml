// A chat: header, conversation, composer.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

FocusScope {
    id: page

    required property bool sidebarShown
    required property bool inspectorShown
    readonly property ChatController chat: App.chat
    readonly property bool blank: chat.loaded && chat.messages.count === 0
    signal sidebarToggled()
    signal inspectorToggled()
    signal openFileRequested()
    signal searchRequested()
    signal pageRequested(string name)

    function focusComposer() {
        composer.focusText()
    }

    function openPicker() {
        header.openPicker()
    }

    function regenerateLast() {
        const last = chat.messages.lastOf("assistant")
        if (last !== 0 && !chat.busy)
            chat.regenerate(last)
    }

    function showMessage(messageId) {
        conversation.showMessage(messageId)
    }

    ChatHeader {
        id: header
        anchors { left: parent.left; right: parent.right; top: parent.top }
        engine: App.engine
        sidebarShown: page.sidebarShown
        inspectorShown: page.inspectorShown
        onSidebarToggled: page.sidebarToggled()
        onInspectorToggled: page.inspectorToggled()
        onOpenFileRequested: page.openFileRequested()
        onModelsRequested: page.pageRequested("models")
    }
    ProblemBanners {
        id: problems
        anchors { left: parent.left; right: parent.right; top: header.bottom }
        onModelRequested: page.openPicker()
    }
    Conversation {
        id: conversation
        anchors { left: parent.left; right: parent.right; top: problems.bottom; bottom: foot.top }
        chat: page.chat
    }
    Lazy {
        anchors.fill: conversation
        active: page.blank
        content: App.firstStart && App.engine.state === EngineController.NoModel ? firstStart : empty
    }
    Component {
        id: firstStart
        FirstStart {
            onDemoRequested: {
                App.engine.loadDemo()
                page.focusComposer()
            }
            onOpenFileRequested: page.openFileRequested()
            onModelsRequested: page.pageRequested("models")
        }
    }
    Component {
        id: empty
        EmptyChat {
            engineState: App.engine.state
            modelName: App.engine.modelName
            demo: App.engine.modelPath === App.models.demoPath
            onSuggested: text => page.chat.send(text)
            onModelRequested: page.openPicker()
        }
    }
    Item {
        id: foot
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        height: composer.height + status.height + Theme.gap * 2

        Composer {
            id: composer
            anchors { top: parent.top; horizontalCenter: parent.horizontalCenter }
            width: Math.min(Theme.readingWidth + 2 * Theme.margin, parent.width - 2 * Theme.margin)
            height: implicitHeight
            focus: true
            maximumHeight: page.height * 0.4
            draft: page.chat.draft
            busy: page.chat.busy
            canSend: page.chat.canSend
            enterSends: App.settings.enterSends
            placeholder: App.engine.ready ? qsTr("Message %1").arg(App.engine.modelName) : qsTr("Message")
            onDraftEdited: text => page.chat.draft = text
            onSent: text => page.chat.send(text)
            onStopped: page.chat.stop()
            onSearchRequested: page.searchRequested()
            onEditLastRequested: conversation.editLast()
        }
        StatusLine {
            id: status
            anchors { left: composer.left; right: composer.right; bottom: parent.bottom }
            anchors { leftMargin: Theme.gap; rightMargin: Theme.gap; bottomMargin: Theme.gap * 0.75 }
            contextUsed: page.chat.contextUsed
            contextSize: page.chat.contextSize
            draftTokens: page.chat.draftTokens
            statusText: page.chat.statusText
        }
    }
}
