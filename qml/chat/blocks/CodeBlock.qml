// Program text: its language, wrap and copy, and the text itself, folded when it is very long.
import QtQuick
import RocmForge.Ui

Rectangle {
    id: block

    required property string code
    required property string language
    required property bool open
    property bool wrapped: false
    property bool unfolded: false
    readonly property real foldedHeight: Math.round(440 * Theme.fontScale)
    readonly property bool foldable: text.implicitHeight > foldedHeight * 1.25
    signal copyRequested(string text)

    implicitHeight: bar.height + text.height + (foldable ? fold.height : 0)
    radius: Theme.radius
    color: Theme.card
    border.width: 1
    border.color: Theme.border

    Accessible.role: Accessible.Grouping
    Accessible.name: language === "" ? qsTr("Code") : qsTr("Code in %1").arg(language)

    CodeBar {
        id: bar
        width: parent.width
        language: block.language
        wrapped: block.wrapped
        onWrapToggled: block.wrapped = !block.wrapped
        onCopyRequested: block.copyRequested(block.code)
    }
    CodeText {
        id: text
        anchors { left: parent.left; right: parent.right; top: bar.bottom }
        anchors { leftMargin: 1; rightMargin: 1 }
        height: block.foldable && !block.unfolded ? block.foldedHeight : implicitHeight
        code: block.code
        wrapped: block.wrapped
        growing: block.open
    }
    AppButton {
        id: fold
        anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom; bottomMargin: 4 }
        visible: block.foldable
        height: Theme.controlHeight
        text: block.unfolded ? qsTr("Show less") : qsTr("Show all %1 lines").arg(text.lineCount)
        onClicked: block.unfolded = !block.unfolded
    }
}
