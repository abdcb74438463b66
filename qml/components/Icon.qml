// A stroke icon of resources/icons, tinted.
import QtQuick
import QtQuick.Controls.impl
import RocmForge.Ui

IconImage {
    required property string icon
    property int size: 18
    readonly property int scaledSize: Math.round(size * Theme.fontScale)

    source: icon === "" ? "" : Qt.resolvedUrl("../icons/" + icon + ".svg")
    sourceSize { width: scaledSize; height: scaledSize }
    color: Theme.textMuted
}
