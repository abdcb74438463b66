// A framed group of controls or facts, as tall as its content.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

Rectangle {
    id: card

    default property alias content: column.data
    property int inset: Theme.margin

    implicitWidth: column.implicitWidth + 2 * inset
    implicitHeight: column.implicitHeight + 2 * inset
    radius: Theme.radius
    color: Theme.card
    border.width: 1
    border.color: Theme.border

    ColumnLayout {
        id: column
        x: card.inset
        y: card.inset
        width: card.width - 2 * card.inset
        spacing: Theme.gap
    }
}
