// A large button with an icon, a title and a sentence.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

AbstractButton {
    id: card

    required property string iconName
    required property string explanation
    property bool accented: false

    implicitHeight: Math.round(72 * Theme.fontScale)
    hoverEnabled: true
    focusPolicy: Qt.StrongFocus
    Accessible.role: Accessible.Button
    Accessible.name: text
    Accessible.description: explanation
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Item {
        Icon {
            id: icon
            x: Theme.margin * 0.75
            anchors.verticalCenter: parent.verticalCenter
            icon: card.iconName
            size: 26
            color: card.accented ? Theme.accent : Theme.textMuted
        }
        Column {
            anchors { left: icon.right; right: parent.right; verticalCenter: parent.verticalCenter }
            anchors { leftMargin: Theme.margin; rightMargin: Theme.gap }
            spacing: 2
            Body {
                width: parent.width
                text: card.text
                font.weight: Font.DemiBold
                Accessible.ignored: true
            }
            Caption {
                width: parent.width
                text: card.explanation
                wrapMode: Text.Wrap
                maximumLineCount: 2
                Accessible.ignored: true
            }
        }
    }
    background: Rectangle {
        radius: Theme.radius
        color: card.accented ? Theme.accentWash : Theme.card
        border.width: 1
        border.color: card.accented || card.hovered ? Theme.accent : Theme.border
        Rectangle {
            anchors.fill: parent
            radius: parent.radius
            color: card.down ? Theme.pressed : card.hovered ? Theme.hover : "transparent"
        }
        FocusRing {
            radius: Theme.radius + 2
            shown: card.visualFocus
        }
    }
}
