// Under a message: the mark of a running answer, or its actions once they are wanted.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge.Ui

Item {
    id: footer

    required property bool typed
    required property bool streaming
    required property bool waiting ///< nothing of the answer is there yet
    required property bool busy
    required property int branchIndex
    required property int branchCount
    required property var details
    required property bool shown
    signal action(string name, var argument)

    implicitHeight: Theme.controlHeight + 4

    StreamingMark {
        y: footer.waiting ? 0 : Theme.gap
        visible: footer.streaming
    }
    Lazy {
        hugging: true
        active: !footer.streaming && (footer.shown || footer.branchCount > 1)
        y: 4
        anchors.right: footer.typed ? parent.right : undefined
        anchors.left: footer.typed ? undefined : parent.left
        anchors.leftMargin: -Theme.gap
        content: MessageActions {
            typed: footer.typed
            busy: footer.busy
            branchIndex: footer.branchIndex
            branchCount: footer.branchCount
            details: footer.details
            onlyBranches: !footer.shown
            onAction: (name, argument) => footer.action(name, argument)
        }
    }
}
