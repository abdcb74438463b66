// The conversation: a virtualized list that follows a growing answer until the person scrolls up.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

PaddedList {
    id: list

    required property bool busy
    property bool following: true
    readonly property real distanceToEnd: originY + contentHeight - contentY - height
    signal copyRequested(string text)
    signal action(string name, real messageId, var argument)

    function jumpToEnd() {
        following = true
        positionViewAtEnd()
    }

    function jumpTo(row) {
        following = false
        positionViewAtIndex(row, ListView.Center)
        currentIndex = row
    }

    function editRow(row) {
        currentIndex = row
        positionViewAtIndex(row, ListView.Contain)
        const item = itemAtIndex(row) as MessageDelegate
        if (item)
            item.editing = true
    }

    function step(direction) {
        currentIndex = Math.max(0, Math.min(count - 1, (currentIndex < 0 ? count : currentIndex) + direction))
        following = currentIndex === count - 1
        positionViewAtIndex(currentIndex, ListView.Contain)
    }

    clip: true
    cacheBuffer: 600
    boundsBehavior: Flickable.StopAtBounds
    currentIndex: -1
    highlightFollowsCurrentItem: false
    keyNavigationEnabled: false
    activeFocusOnTab: count > 0
    ScrollBar.vertical: SlimScrollBar { id: bar }

    Accessible.role: Accessible.List
    Accessible.name: qsTr("Conversation")

    onModelChanged: {
        following = true
        currentIndex = -1
        follow.start()
    }
    onCountChanged: if (following) follow.start()
    onContentHeightChanged: if (following) follow.start()
    onHeightChanged: if (following) follow.start()
    onContentYChanged: if (moving || bar.pressed) following = distanceToEnd < 24
    Timer {
        id: follow
        interval: 0
        onTriggered: if (list.following) list.positionViewAtEnd()
    }
    onActiveFocusChanged: if (Window.activeFocusItem === list && currentIndex < 0) currentIndex = count - 1
    Keys.onUpPressed: step(-1)
    Keys.onDownPressed: step(1)

    delegate: MessageDelegate {
        width: list.width
        last: index === list.count - 1
        busy: list.busy
        onActiveFocusChanged: if (activeFocus) list.currentIndex = index
        onCopyRequested: text => list.copyRequested(text)
        onAction: (name, argument) => list.action(name, messageId, argument)
    }

    JumpPill {
        parent: list
        anchors { bottom: parent.bottom; horizontalCenter: parent.horizontalCenter; bottomMargin: Theme.gap }
        visible: !list.following && list.distanceToEnd > list.height * 0.25
        onClicked: list.jumpToEnd()
    }
}
