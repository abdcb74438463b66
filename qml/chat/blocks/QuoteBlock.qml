// A quotation with a rule at its left.
import QtQuick
import RocmForge.Ui

Item {
    id: quote

    required property string body

    implicitHeight: text.implicitHeight
    implicitWidth: text.implicitWidth + text.x

    Rectangle {
        width: 3
        height: parent.height
        radius: 1.5
        color: Theme.controlBorder
    }
    RichText {
        id: text
        x: Theme.margin
        width: quote.width - x
        body: quote.body
        ink: Theme.textMuted
    }
}
