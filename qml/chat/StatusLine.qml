// The foot of the chat: how full the context is and what the engine does.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

RowLayout {
    id: line

    required property int contextUsed
    required property int contextSize
    required property int draftTokens
    required property string statusText
    readonly property int expected: contextUsed + draftTokens

    function grouped(count) {
        return Number(count).toLocaleString(Qt.locale(), "f", 0)
    }

    spacing: Theme.gap
    implicitHeight: Math.round(20 * Theme.fontScale)

    Caption {
        visible: line.contextSize > 0
        text: qsTr("Context %1 / %2").arg(line.grouped(line.contextUsed)).arg(line.grouped(line.contextSize))
    }
    ProgressLine {
        visible: line.contextSize > 0
        value: line.contextSize > 0 ? line.contextUsed / line.contextSize : 0
        fill: value > 0.9 ? Theme.danger : Theme.accent
        label: qsTr("Part of the context that is used")
        Layout.preferredWidth: 72
    }
    Caption {
        visible: line.draftTokens > 0
        text: qsTr("+ %1 in the draft").arg(line.grouped(line.draftTokens))
        color: line.contextSize > 0 && line.expected > line.contextSize ? Theme.danger : Theme.textMuted
    }
    Item { Layout.fillWidth: true }
    Caption {
        Layout.maximumWidth: line.width * 0.5
        text: line.statusText
    }
}
