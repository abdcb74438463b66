// A model of the library with what can be done with it.
import QtQuick
import QtQuick.Layouts
import RocmForge.Ui

Rectangle {
    id: row

    required property string name
    required property string path
    required property string quantization
    required property string sizeText
    required property string architecture
    required property string contextText
    required property bool missing
    required property bool supported
    required property bool demo
    required property string problem
    property bool loaded: false
    readonly property bool usable: supported && !missing
    signal loadRequested()
    signal unloadRequested()
    signal inspectRequested()
    signal removeRequested()

    implicitHeight: layout.implicitHeight + Theme.gap * 3
    radius: Theme.radius
    color: Theme.card
    border.width: 1
    border.color: loaded ? Theme.accent : Theme.border
    Accessible.role: Accessible.ListItem
    Accessible.name: name

    RowLayout {
        id: layout
        anchors { fill: parent; margins: Theme.gap * 1.5; leftMargin: Theme.margin }
        spacing: Theme.gap

        Icon {
            Layout.rightMargin: Theme.gap * 0.5
            icon: row.demo ? "ember" : row.usable ? "models" : "warning"
            size: 22
            color: row.usable ? (row.loaded ? Theme.accent : Theme.textMuted) : Theme.danger
        }
        ColumnLayout {
            Layout.fillWidth: true
            spacing: 2
            Body {
                Layout.fillWidth: true
                text: row.name
                font.weight: Font.DemiBold
            }
            FactLine {
                Layout.fillWidth: true
                facts: [row.quantization, row.sizeText, row.architecture,
                        row.contextText === "" ? "" : qsTr("context %1").arg(row.contextText)]
            }
            Caption {
                Layout.fillWidth: true
                visible: !row.usable && text !== ""
                color: Theme.danger
                wrapMode: Text.Wrap
                text: row.missing ? qsTr("The file is gone: %1").arg(row.path) : row.problem
            }
        }
        IconButton {
            iconName: "info"
            text: qsTr("Facts about %1").arg(row.name)
            visible: !row.missing
            onClicked: row.inspectRequested()
        }
        IconButton {
            iconName: "trash"
            text: qsTr("Remove %1 from the list; the file stays").arg(row.name)
            visible: !row.demo
            onClicked: row.removeRequested()
        }
        AppButton {
            visible: row.usable
            text: row.loaded ? qsTr("Unload") : qsTr("Load")
            onClicked: row.loaded ? row.unloadRequested() : row.loadRequested()
        }
    }
}
