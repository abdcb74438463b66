// The last minute of one sensor: its name, its value now, and a curve whose right end is now.
import QtQuick
import RocmForge.Ui

Column {
    id: graph

    required property string label
    required property string value
    required property var samples ///< one per second, the newest last; NaN = a gap
    property real upper: NaN ///< value at the upper edge; NaN = the largest sample
    readonly property int seconds: 60

    spacing: 2
    Accessible.role: Accessible.Chart
    Accessible.name: label + ": " + value

    Item {
        width: parent.width
        height: name.implicitHeight
        Caption {
            id: name
            anchors { left: parent.left; right: now.left; rightMargin: Theme.gap * 0.5 }
            text: graph.label
            Accessible.ignored: true
        }
        Caption {
            id: now
            anchors.right: parent.right
            text: graph.value
            color: Theme.text
            Accessible.ignored: true
        }
    }
    Rectangle {
        width: parent.width
        height: Math.round(40 * Theme.fontScale)
        radius: 4
        color: Theme.hover
        Canvas {
            id: canvas

            readonly property color ink: Theme.accent
            readonly property color wash: Theme.accentWash
            readonly property var samples: graph.samples
            readonly property real limit: isNaN(graph.upper)
                ? samples.reduce((most, sample) => sample > most ? sample : most, 0) * 1.1 : graph.upper

            function xOf(index) {
                return width - (samples.length - 1 - index) * width / (graph.seconds - 1)
            }
            function yOf(sample) {
                return height - 1 - (limit > 0 ? Math.min(1, sample / limit) : 0) * (height - 3)
            }
            // From `first` on, up to the next gap.
            function drawCurve(context, first) {
                let last = first
                context.beginPath()
                context.moveTo(xOf(first), yOf(samples[first]))
                while (last + 1 < samples.length && !isNaN(samples[last + 1]))
                    context.lineTo(xOf(++last), yOf(samples[last]))
                context.stroke()
                context.lineTo(xOf(last), height)
                context.lineTo(xOf(first), height)
                context.fill()
                return last + 1
            }

            anchors.fill: parent
            onInkChanged: requestPaint()
            onSamplesChanged: requestPaint()
            onLimitChanged: requestPaint()
            onPaint: {
                const context = getContext("2d")
                context.reset()
                context.strokeStyle = ink
                context.fillStyle = wash
                context.lineWidth = 1.5
                for (let i = 0; i < samples.length;)
                    i = isNaN(samples[i]) ? i + 1 : drawCurve(context, i)
            }
        }
    }
}
