// A candidate for the last token, as a bar of the chart.
import QtQuick
import RocmForge.Ui

Item {
    id: bar

    required property int index
    required property string text
    required property real probability ///< 0 … 1
    required property bool kept
    required property bool drawn
    required property real best ///< probability at which the bar is as high as the chart
    readonly property bool hovered: hover.hovered
    readonly property string percent: qsTr("%1 %").arg(Number(probability * 100).toLocaleString(Qt.locale(), "f", 1))
    readonly property string description: kept ? qsTr("“%1”  %2").arg(text).arg(percent)
                                               : qsTr("“%1”  %2, cut").arg(text).arg(percent)

    Accessible.role: Accessible.StaticText
    Accessible.name: description

    Rectangle {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        anchors { leftMargin: 1; rightMargin: 1; bottomMargin: Theme.gap }
        height: Math.max(2, (parent.height - 1.5 * Theme.gap) * (bar.best > 0 ? bar.probability / bar.best : 0))
        radius: 1
        color: bar.kept ? Theme.accent : Theme.controlBorder
        opacity: bar.hovered ? 0.7 : 1
    }
    Rectangle {
        anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom; bottomMargin: 2 }
        visible: bar.drawn
        width: 4
        height: 4
        radius: 2
        color: Theme.text
    }
    HoverHandler { id: hover }
}
