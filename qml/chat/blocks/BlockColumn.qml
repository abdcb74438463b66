// The blocks of a message one under the other. A growing answer touches only its last block.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge.Ui

Column {
    id: column

    required property var blocks
    property bool measured: false
    /// Width of the first block on one line, when `measured`: bubbles hug short messages.
    readonly property real naturalWidth: measured && first !== null ? first.implicitWidth : 0
    property Item first: null
    signal copyRequested(string text)

    spacing: Theme.gap * 1.25

    Repeater {
        model: column.blocks
        BlockView {
            width: column.width
            hugging: column.measured
            onCopyRequested: text => column.copyRequested(text)
        }
        onItemAdded: (index, item) => { if (index === 0) column.first = item }
        onItemRemoved: (index, item) => { if (item === column.first) column.first = null }
    }
}
