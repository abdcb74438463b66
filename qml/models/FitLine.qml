// One remark about a file with a mark of good or bad.
import QtQuick
import RocmForge.Ui

Item {
    id: line

    required property bool fits
    required property string text

    implicitHeight: Math.max(18, label.implicitHeight) + Theme.gap

    Icon {
        y: Theme.gap * 0.5
        icon: line.fits ? "check" : "warning"
        size: 16
        color: line.fits ? Theme.good : Theme.danger
    }
    Body {
        id: label
        x: Math.round(26 * Theme.fontScale)
        y: Theme.gap * 0.5
        width: line.width - x
        text: line.text
        wrapMode: Text.Wrap
    }
}
