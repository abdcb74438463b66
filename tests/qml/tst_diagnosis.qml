import QtQuick
import QtTest
import RocmForge
import RocmForge.Ui
import "tree.js" as Tree

Item {
    width: 320
    height: 600

    Diagnosis { id: diagnosis }
    DiagnosisCard {
        id: card
        width: 320
        diagnosis: diagnosis
    }

    TestCase {
        name: "Diagnosis"
        when: windowShown

        function test_theReportIsMadeWhenAskedAndCanBeCopied() {
            const button = Tree.find(card, AppButton)
            const copy = Tree.find(card, CopyButton)
            verify(!copy || !copy.visible)
            mouseClick(button)
            compare(diagnosis.calls, ["run"])
            verify(!button.enabled)
            diagnosis.running = false
            diagnosis.report = "models run on   CPU"
            verify(button.enabled)
            waitForRendering(card)
            mouseClick(Tree.find(card, CopyButton))
            compare(diagnosis.calls, ["run", "copy"])
        }
    }
}
