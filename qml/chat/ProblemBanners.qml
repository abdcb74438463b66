// What keeps chats or models from working just now, with the way out.
pragma ComponentBehavior: Bound

import QtQuick
import RocmForge
import RocmForge.Ui

Column {
    id: problems

    signal modelRequested()

    Lazy {
        active: App.databaseError !== ""
        width: problems.width
        content: Banner {
            message: App.databaseError
            remedy: App.databaseRemedy
            AppButton {
                visible: App.databaseDamaged
                text: qsTr("Keep the damaged file and start anew")
                onClicked: App.startFreshDatabase()
            }
            AppButton {
                visible: !App.databaseDamaged
                text: qsTr("Try again")
                onClicked: App.retryDatabase()
            }
        }
    }
    Lazy {
        active: App.engine.state === EngineController.Failed
        width: problems.width
        content: Banner {
            message: App.engine.errorText
            remedy: App.engine.errorRemedy
            AppButton {
                text: qsTr("Choose another model")
                onClicked: problems.modelRequested()
            }
        }
    }
}
