import QtQuick

ListModel {
    property bool loaded: true
    property real currentChatId: 0
    property string searchText: ""
    property var calls: []
    signal trashed(real chatId, string title)

    function add(chatId, title, section, more = {}) {
        append(Object.assign({
            chatId: chatId, title: title, section: section, preview: "", snippet: "",
            hitMessageId: 0, pinned: false, current: false, busy: false,
        }, more))
    }

    function record(...words) { calls = calls.concat(words.join(" ")) }
    function newChat() { record("newChat") }
    function open(id) { record("open", id) }
    function openNeighbour(direction) { record("neighbour", direction) }
    function rename(id, title) { record("rename", id, title) }
    function setPinned(id, pinned) { record("pin", id, pinned) }
    function duplicate(id) { record("duplicate", id) }
    function moveToTrash(id) { record("trash", id); trashed(id, "title " + id) }
    function restore(id) { record("restore", id) }
}
