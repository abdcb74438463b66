// What a GGUF file is, before anything is done with it.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

Sheet {
    id: dialog

    required property FactSheet sheet
    signal useRequested()
    signal loadRequested()
    signal tryRequested()
    readonly property bool untried: sheet.canTryAs !== ""

    title: sheet.title !== "" ? sheet.title : sheet.path.split("/").pop()
    preferredWidth: 560

    Caption {
        width: parent.width
        text: dialog.sheet.path
        elide: Text.ElideMiddle
    }
    Lazy {
        width: parent.width
        active: dialog.sheet.error !== ""
        visible: active
        content: Banner {
            radius: Theme.radius
            message: dialog.sheet.error
            remedy: dialog.sheet.remedy
        }
    }
    Caption {
        visible: !dialog.sheet.ready
        text: qsTr("Reading the header…")
    }
    GridLayout {
        width: parent.width
        visible: dialog.sheet.valid
        columns: width > 440 ? 2 : 1
        columnSpacing: Theme.margin
        rowSpacing: 6
        Repeater {
            model: dialog.sheet.rows
            FactRow {
                required property var modelData
                Layout.alignment: Qt.AlignTop
                Layout.preferredWidth: 1
                label: modelData.label
                value: modelData.value
            }
        }
    }
    FitLine {
        width: parent.width
        visible: dialog.sheet.fitText !== ""
        fits: dialog.sheet.fits
        text: dialog.sheet.fitText
    }
    Repeater {
        model: dialog.sheet.warnings
        FitLine {
            required property string modelData
            width: parent ? parent.width : 0
            fits: false
            text: modelData
        }
    }

    buttons: [
        AppButton {
            text: dialog.sheet.valid ? qsTr("Cancel") : qsTr("Close")
            onClicked: dialog.close()
        },
        AppButton {
            visible: dialog.sheet.valid
            text: qsTr("Use in place")
            onClicked: {
                dialog.useRequested()
                dialog.close()
            }
        },
        AppButton {
            visible: dialog.sheet.valid
            enabled: dialog.sheet.canLoad || dialog.untried
            primary: true
            focus: true
            text: dialog.untried ? qsTr("Try as %1").arg(dialog.sheet.canTryAs) : qsTr("Load now")
            onClicked: {
                if (dialog.untried)
                    dialog.tryRequested()
                else
                    dialog.loadRequested()
                dialog.close()
            }
        }
    ]
}
