// Shows the page of Pages.qml that is asked for; makes it only then.
import QtQuick
import RocmForge.Ui

Item {
    id: pages

    required property string page
    signal pageRequested(string name)
    signal openFileRequested()
    signal openFolderRequested()
    signal inspectRequested(string path)
    signal shortcutsRequested()

    visible: loader.active

    Loader {
        id: loader
        anchors.fill: parent
        active: pages.page !== "chat"
        focus: active
        source: Pages.sourceOf(pages.page)
        onLoaded: (item as Item).forceActiveFocus()
    }
    Connections {
        target: loader.item
        ignoreUnknownSignals: true
        function onPageRequested(name) { pages.pageRequested(name) }
        function onOpenFileRequested() { pages.openFileRequested() }
        function onOpenFolderRequested() { pages.openFolderRequested() }
        function onInspectRequested(path) { pages.inspectRequested(path) }
        function onShortcutsRequested() { pages.shortcutsRequested() }
    }
}
