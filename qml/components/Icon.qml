// A stroke icon of resources/icons, tinted.
import QtQuick
import QtQuick.Controls.impl
import RocmForge.Ui

IconImage {
    required property string icon
    property int size: 18

    source: icon === "" ? "" : Qt.resolvedUrl("../icons/" + icon + ".svg")
    sourceSize { width: size; height: size }
    color: Theme.textMuted
}
