// A device's icon and name, and whether the engine uses it or it sleeps.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

RowLayout {
    id: title

    required property string iconName
    required property string text
    required property bool inUse
    property bool asleep: false
    property string idle: qsTr("not used") ///< said of a device that is neither in use nor asleep

    Layout.fillWidth: true
    spacing: Theme.gap

    Icon {
        icon: title.iconName
        size: 20
        color: title.inUse ? Theme.accent : Theme.textMuted
    }
    Body {
        Layout.fillWidth: true
        text: title.text
        wrapMode: Text.Wrap
        maximumLineCount: 2
        font.weight: Font.DemiBold
        Accessible.role: Accessible.Heading
    }
    Badge { text: title.inUse ? qsTr("in use") : title.asleep ? qsTr("asleep") : title.idle }
}
