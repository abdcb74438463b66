// The name of a parameter; hovering explains it.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Body {
    required property string explanation

    font.pixelSize: Theme.caption
    Accessible.description: explanation

    HoverHandler { id: hover }
    ToolTip.visible: hover.hovered
    ToolTip.delay: 500
    ToolTip.text: explanation
}
