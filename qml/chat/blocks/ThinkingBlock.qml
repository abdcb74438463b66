// What the model thought before it answered: open while it thinks, folded afterwards.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Column {
    id: thinking

    required property string body
    required property bool open
    required property real seconds
    property bool unfolded: false
    readonly property bool shown: open || unfolded

    spacing: Theme.gap * 0.5

    AbstractButton {
        id: header
        implicitHeight: Theme.controlHeight - 4
        implicitWidth: caption.implicitWidth + Math.round(30 * Theme.fontScale)
        hoverEnabled: true
        focusPolicy: Qt.StrongFocus
        enabled: !thinking.open
        text: thinking.open ? qsTr("Thinking…")
            : thinking.seconds > 0 ? qsTr("Thought for %1 s").arg(thinking.seconds.toFixed(1))
            : qsTr("Thought")
        Accessible.role: Accessible.Button
        Accessible.name: text
        Accessible.description: thinking.shown ? qsTr("Unfolded") : qsTr("Folded")
        onClicked: thinking.unfolded = !thinking.unfolded
        Keys.onReturnPressed: clicked()

        contentItem: Item {
            Icon {
                anchors.verticalCenter: parent.verticalCenter
                icon: thinking.shown ? "chevron-down" : "chevron-right"
                size: 14
            }
            Caption {
                id: caption
                x: Math.round(20 * Theme.fontScale)
                anchors.verticalCenter: parent.verticalCenter
                text: header.text
                color: header.hovered ? Theme.text : Theme.textMuted
                Accessible.ignored: true
            }
        }
        background: Item { FocusRing { shown: header.visualFocus } }
    }
    Lazy {
        active: thinking.shown
        visible: active
        width: thinking.width
        content: QuoteBlock { body: thinking.body }
    }
}
