// Tests and measures the machine when asked, and shows the report with a button that copies it.
import QtQuick
import QtQuick.Layouts
import RocmForge
import RocmForge.Ui

Card {
    id: card

    required property Diagnosis diagnosis
    readonly property bool done: diagnosis.report !== ""

    RowLayout {
        Layout.fillWidth: true
        AppButton {
            objectName: "diagnose"
            text: card.diagnosis.running ? qsTr("Testing the machine …") : qsTr("Diagnose")
            iconName: "gauge"
            enabled: !card.diagnosis.running
            onClicked: card.diagnosis.run()
        }
        Item { Layout.fillWidth: true }
        CopyButton {
            visible: card.done
            text: qsTr("Copy the report")
            onClicked: card.diagnosis.copy()
        }
    }
    Caption {
        Layout.fillWidth: true
        visible: !card.done
        text: qsTr("Tests every GPU kernel and measures memory: what a report of trouble needs.")
        wrapMode: Text.Wrap
    }
    CodeText {
        Layout.fillWidth: true
        visible: card.done
        code: card.diagnosis.report
        wrapped: true
    }
}
