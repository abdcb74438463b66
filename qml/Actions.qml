// What the keyboard can do everywhere in the window: the shortcuts and their sheet's rows.
import QtQuick
import QtQuick.Controls.Basic

Item {
    id: actions

    required property bool answering
    required property bool pageShown
    readonly property list<QtObject> all: [
        newChat, search, composer, previousChat, nextChat, regenerate, copyAnswer, stop,
        sidebar, inspector, models, settings, shortcuts, quit
    ]
    signal newChatRequested()
    signal searchRequested()
    signal composerRequested()
    signal neighbourRequested(int direction)
    signal regenerateRequested()
    signal copyAnswerRequested()
    signal stopRequested()
    signal sidebarToggled()
    signal inspectorToggled()
    signal pageRequested(string name)
    signal shortcutsRequested()
    signal quitRequested()

    Action {
        id: newChat
        text: qsTr("New chat")
        shortcut: "Ctrl+N"
        onTriggered: actions.newChatRequested()
    }
    Action {
        id: search
        text: qsTr("Search all chats")
        shortcut: "Ctrl+K"
        onTriggered: actions.searchRequested()
    }
    Action {
        id: composer
        text: qsTr("Write a message")
        shortcut: "Ctrl+L"
        onTriggered: actions.composerRequested()
    }
    Action {
        id: previousChat
        text: qsTr("Previous chat")
        shortcut: "Ctrl+PgUp"
        onTriggered: actions.neighbourRequested(-1)
    }
    Action {
        id: nextChat
        text: qsTr("Next chat")
        shortcut: "Ctrl+PgDown"
        onTriggered: actions.neighbourRequested(1)
    }
    Action {
        id: regenerate
        text: qsTr("Answer again")
        shortcut: "Ctrl+R"
        onTriggered: actions.regenerateRequested()
    }
    Action {
        id: copyAnswer
        text: qsTr("Copy last answer")
        shortcut: "Ctrl+Shift+C"
        onTriggered: actions.copyAnswerRequested()
    }
    Action {
        id: stop
        text: qsTr("Stop, or leave a page")
        shortcut: "Esc"
        enabled: actions.answering || actions.pageShown
        onTriggered: actions.pageShown ? actions.pageRequested("chat") : actions.stopRequested()
    }
    Action {
        id: sidebar
        text: qsTr("Sidebar")
        shortcut: "Ctrl+B"
        onTriggered: actions.sidebarToggled()
    }
    Action {
        id: inspector
        text: qsTr("Inspector")
        shortcut: "Ctrl+I"
        onTriggered: actions.inspectorToggled()
    }
    Action {
        id: models
        text: qsTr("Models")
        shortcut: "Ctrl+M"
        onTriggered: actions.pageRequested("models")
    }
    Action {
        id: settings
        text: qsTr("Settings")
        shortcut: "Ctrl+,"
        onTriggered: actions.pageRequested("settings")
    }
    Action {
        id: shortcuts
        text: qsTr("These shortcuts")
        shortcut: "?"
        onTriggered: actions.shortcutsRequested()
    }
    Action {
        id: quit
        text: qsTr("Quit")
        shortcut: "Ctrl+Q"
        onTriggered: actions.quitRequested()
    }
}
