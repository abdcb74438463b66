import QtQuick
import QtQuick.Controls.Basic
import QtTest
import RocmForge
import RocmForge.Ui
import "tree.js" as Tree

Item {
    width: 600
    height: 400

    LoadSettings { id: card; width: parent.width }

    TestCase {
        name: "LoadSettings"
        when: windowShown

        function test_cacheTypeIsChosen() {
            App.settings.kvCache = "f16"
            const choices = Tree.all(card, AbstractButton)
            mouseClick(choices.find(choice => choice.text === "Q8_0"))
            compare(App.settings.kvCache, "q8_0")
            mouseClick(choices.find(choice => choice.text === "F16"))
            compare(App.settings.kvCache, "f16")
        }
    }
}
