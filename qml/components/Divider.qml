// A hairline.
import QtQuick
import RocmForge.Ui

Rectangle {
    implicitHeight: 1
    implicitWidth: 1
    color: Theme.border
}
