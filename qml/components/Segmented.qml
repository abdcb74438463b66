// One choice out of a few, side by side. `options` are {value, label}; emits `chosen`.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Rectangle {
    id: segmented

    required property string label
    required property var options
    required property var value
    signal chosen(var value)

    implicitWidth: row.implicitWidth + 4
    implicitHeight: Theme.controlHeight
    radius: Theme.radiusSmall
    color: Theme.hover

    Accessible.role: Accessible.Grouping
    Accessible.name: label

    Row {
        id: row
        x: 2
        y: 2
        Repeater {
            model: segmented.options
            AbstractButton {
                id: option
                required property var modelData
                readonly property bool current: modelData.value === segmented.value

                text: modelData.label
                height: segmented.height - 4
                width: Math.max(caption.implicitWidth + Theme.unit * 2.5,
                                (segmented.width - 4) / segmented.options.length)
                focusPolicy: Qt.StrongFocus
                hoverEnabled: true
                Accessible.role: Accessible.RadioButton
                Accessible.name: text
                Accessible.checkable: true
                Accessible.checked: current
                onClicked: segmented.chosen(modelData.value)
                Keys.onLeftPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
                Keys.onRightPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)

                contentItem: Text {
                    id: caption
                    text: option.text
                    horizontalAlignment: Text.AlignHCenter
                    verticalAlignment: Text.AlignVCenter
                    color: option.current ? Theme.text : Theme.textMuted
                    font.pixelSize: Theme.caption
                    font.weight: option.current ? Font.DemiBold : Font.Normal
                }
                background: Rectangle {
                    radius: Theme.radiusSmall - 1
                    color: option.current ? Theme.popup : option.hovered ? Theme.hover : "transparent"
                    border.width: option.current ? 1 : 0
                    border.color: Theme.border
                    FocusRing { shown: option.visualFocus }
                }
            }
        }
    }
}
