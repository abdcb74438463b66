// The messages of the open chat, and what is done with them.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

Item {
    id: conversation

    required property ChatController chat
    property real awaited: 0 ///< message to show once the chat is loaded; 0 = none

    function showMessage(messageId) {
        awaited = messageId
        showAwaited()
    }

    function showAwaited() {
        const row = awaited !== 0 && chat.loaded ? chat.messages.rowOf(awaited) : -1
        if (row >= 0) {
            awaited = 0
            list.jumpTo(row)
        }
    }

    function editLast() {
        const row = chat.messages.rowOf(chat.messages.lastOf("user"))
        if (row >= 0 && !chat.busy)
            list.editRow(row)
    }

    function act(name, messageId, argument) {
        switch (name) {
        case "copy": return chat.copyMessage(messageId)
        case "edit": return chat.editMessage(messageId, argument)
        case "regenerate": return chat.regenerate(messageId)
        case "continue": return chat.continueAnswer(messageId)
        case "branch": return chat.selectBranch(messageId, argument)
        case "delete": return confirmDelete(messageId)
        }
    }

    function confirmDelete(messageId) {
        const sheet = deletion.createObject(conversation, { messageId: messageId }) as ConfirmSheet
        sheet.open()
    }

    Component {
        id: deletion
        ConfirmSheet {
            required property real messageId
            title: qsTr("Delete the message?")
            question: qsTr("It goes with everything that follows it. Its alternatives stay.")
            confirmText: qsTr("Delete")
            onConfirmed: conversation.chat.deleteMessage(messageId)
            onClosed: destroy()
        }
    }
    Connections {
        target: conversation.chat
        function onLoadedChanged() { conversation.showAwaited() }
        function onAnswerFinished() { announcement.text = qsTr("The answer is complete") }
        function onStateChanged() {
            if (conversation.chat.busy) {
                announcement.text = qsTr("Answering")
                list.following = true
            }
        }
    }
    MessageList {
        id: list
        anchors.fill: parent
        model: conversation.chat.messages
        busy: conversation.chat.busy
        onCopyRequested: text => conversation.chat.copyText(text)
        onAction: (name, messageId, argument) => conversation.act(name, messageId, argument)
    }
    Text {
        id: announcement
        opacity: 0
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }
}
