// Asks before something that cannot be undone.
import QtQuick
import RocmForge.Ui

Sheet {
    id: sheet

    required property string question
    required property string confirmText
    signal confirmed()

    preferredWidth: 420

    Body {
        width: parent.width
        text: sheet.question
        wrapMode: Text.Wrap
    }

    buttons: [
        AppButton {
            text: qsTr("Cancel")
            onClicked: sheet.close()
        },
        AppButton {
            destructive: true
            focus: true
            text: sheet.confirmText
            onClicked: {
                sheet.confirmed()
                sheet.close()
            }
        }
    ]
}
