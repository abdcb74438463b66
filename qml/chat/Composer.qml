// Where one types: grows with the text up to 40 % of the page, then scrolls.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

FocusScope {
    id: composer

    required property string draft
    required property bool busy
    required property bool canSend
    required property bool enterSends
    property real maximumHeight: 300
    property string placeholder: qsTr("Message")
    signal draftEdited(string text)
    signal sent(string text)
    signal stopped()
    signal editLastRequested()
    signal searchRequested()

    function focusText() {
        area.forceActiveFocus(Qt.ShortcutFocusReason)
    }

    function send() {
        if (canSend && area.text.trim() !== "")
            sent(area.text)
    }

    function handleReturn(event) {
        const shifted = (event.modifiers & Qt.ShiftModifier) !== 0
        const controlled = (event.modifiers & Qt.ControlModifier) !== 0
        event.accepted = controlled || shifted !== enterSends
        if (event.accepted)
            send()
    }

    implicitHeight: Math.min(maximumHeight, Math.max(frame.minimum, area.implicitHeight + 2 * frame.inset))

    Rectangle {
        id: frame
        readonly property int inset: 6
        readonly property int minimum: Theme.controlHeight + 2 * inset
        anchors.fill: parent
        radius: Theme.radiusLarge
        color: Theme.field
        border.width: area.activeFocus ? 2 : 1
        border.color: area.activeFocus ? Theme.accent : Theme.controlBorder
    }
    Flickable {
        id: flick
        anchors { fill: parent; margins: frame.inset }
        anchors { leftMargin: Theme.margin * 0.75; rightMargin: Theme.controlHeight + 2 * frame.inset }
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        ScrollBar.vertical: SlimScrollBar {}

        TextArea.flickable: TextArea {
            id: area
            focus: true
            text: composer.draft
            placeholderText: composer.placeholder
            textFormat: TextEdit.PlainText
            wrapMode: TextArea.Wrap
            selectByMouse: true
            leftPadding: 4
            rightPadding: 8
            topPadding: (Theme.controlHeight - metrics.height) / 2
            bottomPadding: topPadding
            color: Theme.text
            placeholderTextColor: Theme.textMuted
            selectionColor: Theme.selection
            selectedTextColor: Theme.text
            font.pixelSize: Theme.reading
            background: null
            KeyNavigation.priority: KeyNavigation.BeforeItem
            KeyNavigation.tab: button
            Accessible.role: Accessible.EditableText
            Accessible.name: qsTr("Message to the model")
            onTextChanged: if (text !== composer.draft) composer.draftEdited(text)
            Keys.onReturnPressed: event => composer.handleReturn(event)
            Keys.onEnterPressed: event => composer.handleReturn(event)
            // On some desktops a text takes Ctrl+K for itself, before any shortcut.
            Keys.onPressed: event => {
                event.accepted = event.key === Qt.Key_K && event.modifiers === Qt.ControlModifier
                if (event.accepted)
                    composer.searchRequested()
            }
            Keys.onUpPressed: event => {
                event.accepted = area.text === ""
                if (event.accepted)
                    composer.editLastRequested()
            }
        }
    }
    FontMetrics {
        id: metrics
        font: area.font
    }
    SendButton {
        id: button
        anchors { right: parent.right; bottom: parent.bottom; margins: frame.inset }
        busy: composer.busy
        enabled: composer.busy || composer.canSend
        onClicked: composer.busy ? composer.stopped() : composer.send()
    }
}
