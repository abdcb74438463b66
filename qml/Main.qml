// The window: panes, pages, shortcuts, and what floats above them.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import RocmForge
import RocmForge.Ui

ApplicationWindow {
    id: window

    property string page: "chat"
    readonly property bool sidebarFits: width >= 900 * Theme.fontScale
    readonly property bool inspectorFits: width >= 1180 * Theme.fontScale
    property bool sidebarOver: false ///< shown over the content of a narrow window
    property bool inspectorOver: false
    readonly property bool sidebarShown: sidebarFits ? App.settings.sidebarOpen : sidebarOver
    readonly property bool inspectorShown: page === "chat"
        && (inspectorFits ? App.settings.inspectorOpen : inspectorOver)

    function toggleSidebar() {
        if (sidebarFits)
            App.settings.sidebarOpen = !App.settings.sidebarOpen
        else
            sidebarOver = !sidebarOver
    }

    function toggleInspector() {
        page = "chat"
        if (inspectorFits)
            App.settings.inspectorOpen = !App.settings.inspectorOpen
        else
            inspectorOver = !inspectorOver
    }

    function show(name) {
        page = name
        sidebarOver = false
        if (name === "chat")
            chatPage.focusComposer()
    }

    function search() {
        if (!sidebarShown)
            toggleSidebar()
        const pane = sidebar.item as Sidebar
        pane.focusSearch()
    }

    width: 1280
    height: 800
    minimumWidth: 720
    minimumHeight: 480
    visible: true
    title: chatPage.chat.title === "" ? "ROCmForge" : qsTr("%1 – ROCmForge").arg(chatPage.chat.title)
    color: Theme.page
    palette {
        window: Theme.page
        windowText: Theme.text
        base: Theme.field
        text: Theme.text
        button: Theme.card
        buttonText: Theme.text
        toolTipBase: Theme.text
        toolTipText: Theme.page
        highlight: Theme.accentFill
        highlightedText: Theme.accentFillText
        mid: Theme.border
        dark: Theme.textMuted
    }

    Binding { target: Theme; property: "mode"; value: App.settings.theme }
    Binding { target: Theme; property: "fontScale"; value: App.settings.fontScale }
    Binding { target: Theme; property: "reducedMotion"; value: App.settings.reduceMotion }

    Actions {
        id: actions
        answering: App.chat.busy
        pageShown: window.page !== "chat"
        onNewChatRequested: {
            App.chats.newChat()
            window.show("chat")
        }
        onSearchRequested: window.search()
        onComposerRequested: window.show("chat")
        onNeighbourRequested: direction => App.chats.openNeighbour(direction)
        onRegenerateRequested: chatPage.regenerateLast()
        onCopyAnswerRequested: App.chat.copyLastAnswer()
        onStopRequested: App.chat.stop()
        onSidebarToggled: window.toggleSidebar()
        onInspectorToggled: window.toggleInspector()
        onPageRequested: name => window.show(name)
        onShortcutsRequested: floating.showShortcuts()
        onQuitRequested: Qt.quit()
    }
    Item {
        id: center
        anchors { fill: parent; leftMargin: sidebar.occupied; rightMargin: inspector.occupied }

        ChatPage {
            id: chatPage
            anchors.fill: parent
            visible: window.page === "chat"
            focus: visible
            sidebarShown: window.sidebarShown
            inspectorShown: window.inspectorShown
            onSidebarToggled: window.toggleSidebar()
            onInspectorToggled: window.toggleInspector()
            onOpenFileRequested: floating.chooseFile()
            onSearchRequested: window.search()
            onPageRequested: name => window.show(name)
        }
        PageLoader {
            anchors.fill: parent
            page: window.page
            onPageRequested: name => window.show(name)
            onOpenFileRequested: floating.chooseFile()
            onOpenFolderRequested: floating.chooseFolder()
            onInspectRequested: path => floating.inspect(path)
            onShortcutsRequested: floating.showShortcuts()
        }
    }
    SidePane {
        id: sidebar
        height: parent.height
        paneWidth: 260
        open: window.sidebarShown
        beside: window.sidebarFits
        rightEdge: false
        onDismissed: window.sidebarOver = false
        content: Sidebar {
            currentPage: window.page
            onPageRequested: name => window.show(name)
            onHitRequested: messageId => chatPage.showMessage(messageId)
            onCollapseRequested: window.toggleSidebar()
        }
    }
    SidePane {
        id: inspector
        x: parent.width - width
        height: parent.height
        paneWidth: 320
        open: window.inspectorShown
        beside: window.inspectorFits
        rightEdge: true
        onDismissed: window.inspectorOver = false
        content: Inspector {
            onCollapseRequested: window.toggleInspector()
        }
    }
    FloatingLayer {
        id: floating
        anchors.fill: parent
        z: 3
        actions: actions.all
        onModelLoading: window.show("chat")
    }
}
