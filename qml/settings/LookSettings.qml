// Theme, size of the text, motion.
import QtQuick
import RocmForge
import RocmForge.Ui

Card {
    id: card

    readonly property Settings settings: App.settings

    SectionLabel { text: qsTr("Look") }
    SettingRow {
        label: qsTr("Theme")
        Segmented {
            label: qsTr("Theme")
            value: card.settings.theme
            options: [
                { value: "system", label: qsTr("System") },
                { value: "light", label: qsTr("Light") },
                { value: "dark", label: qsTr("Dark") },
            ]
            onChosen: value => card.settings.theme = value
        }
    }
    SettingRow {
        label: qsTr("Size of the text")
        explanation: qsTr("%1 %").arg(Math.round(card.settings.fontScale * 100))
        AppSlider {
            width: Math.round(180 * Theme.fontScale)
            label: qsTr("Size of the text")
            from: 0.8
            to: 2
            stepSize: 0.1
            snapMode: AppSlider.SnapAlways
            live: false
            value: card.settings.fontScale
            onValueChanged: if (!pressed && Math.abs(value - card.settings.fontScale) > 0.01)
                card.settings.fontScale = Math.round(value * 10) / 10
        }
    }
    ToggleRow {
        text: qsTr("Reduce motion")
        explanation: qsTr("No animations.")
        checked: card.settings.reduceMotion
        onToggled: card.settings.reduceMotion = checked
    }
}
