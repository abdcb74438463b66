// A slider with an ember track.
import QtQuick
import QtQuick.Controls.Basic
import RocmForge.Ui

Slider {
    id: slider

    required property string label

    implicitHeight: 24
    padding: 0
    focusPolicy: Qt.StrongFocus

    Accessible.role: Accessible.Slider
    Accessible.name: label

    background: Rectangle {
        y: (slider.height - height) / 2
        width: slider.availableWidth
        height: 4
        radius: 2
        color: Theme.track
        Rectangle {
            width: slider.visualPosition * parent.width
            height: parent.height
            radius: 2
            color: slider.enabled ? Theme.accent : Theme.textDisabled
        }
    }
    handle: Rectangle {
        x: slider.visualPosition * (slider.availableWidth - width)
        y: (slider.height - height) / 2
        width: 16
        height: 16
        radius: 8
        color: Theme.dark ? "#F3F0ED" : "#FFFFFF"
        border.width: slider.visualFocus || slider.pressed || slider.hovered ? 2 : 1
        border.color: slider.visualFocus || slider.pressed || slider.hovered ? Theme.accent
                                                                           : Theme.controlBorder
        FocusRing {
            anchors.margins: -3
            radius: 11
            shown: slider.visualFocus
        }
    }
}
