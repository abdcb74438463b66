// The GPU: its devices where one is used; otherwise why not and what to do.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

Card {
    id: card

    required property var gpu ///< see Hardware::gpu
    required property bool inUse ///< by the loaded model

    DeviceTitle {
        iconName: "gpu"
        text: card.gpu.title ?? qsTr("GPU")
        inUse: card.inUse
        idle: card.gpu.usable ? qsTr("ready") : qsTr("not used")
    }
    Explanation { text: (card.gpu.devices ?? []).join("\n") }
    Explanation { text: card.gpu.reason ?? "" }
    Explanation {
        text: card.gpu.remedy ?? ""
        color: Theme.textMuted
    }
    FactRow {
        label: qsTr("HIP library")
        value: card.gpu.library ?? ""
    }
    FactRow {
        label: qsTr("HIP version")
        value: card.gpu.driver ?? ""
    }

    component Explanation: Body {
        Layout.fillWidth: true
        visible: text !== ""
        wrapMode: Text.Wrap
        font.pixelSize: Theme.caption
    }
}
