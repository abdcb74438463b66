import QtQuick
import QtTest
import RocmForge
import RocmForge.Ui
import "tree.js" as Tree

Item {
    id: root

    width: 320
    height: 1600

    Component {
        id: gpuComponent
        Gpu {}
    }
    Component {
        id: panelComponent
        Inspector {
            anchors.fill: parent
            tab: "hardware"
        }
    }

    TestCase {
        id: test

        name: "HardwarePanel"
        when: windowShown

        property var inspector: null
        property var panel: null
        readonly property var withoutGpu: ({
            title: "No HIP device", reason: "The library libamdhip64.so was not found.",
            remedy: "Install the ROCm runtime.", library: "", driver: "", devices: [], usable: false,
        })

        function init() {
            App.hardware.gpus = []
            App.hardware.gpu = withoutGpu
            App.hardware.choices = App.hardware.choices.slice(0, 2)
            App.settings.computeDevice = ""
            App.engine.state = EngineController.NoModel
            App.engine.onGpu = false
            App.engine.calls = []
        }

        function show(...gpus) {
            for (const properties of gpus)
                App.hardware.gpus.push(gpuComponent.createObject(root, properties))
            inspector = createTemporaryObject(panelComponent, root)
            panel = Tree.find(inspector, HardwarePanel)
            waitForRendering(panel)
        }

        function texts(item) {
            return Tree.all(item, Text, true).concat(Tree.all(item, TextEdit, true)).map(text => text.text)
        }

        function graphs(item) {
            return Tree.all(item, SensorGraph, true).map(graph => graph.label)
        }

        function offerTwoGpus() {
            App.hardware.choices = App.hardware.choices.concat([
                { value: "0000:03:00.0", label: "AMD Radeon RX 7900 XTX", detail: "gfx1100 · 26 GB" },
                { value: "0000:1a:00.0", label: "AMD Radeon Graphics", detail: "gfx1036 · no kernels for it" },
            ])
        }

        function test_readingGoesOnWhileItIsShown() {
            show({})
            verify(App.hardware.active)
            inspector.tab = "model"
            tryVerify(() => !App.hardware.active)
        }

        function test_withoutCardsItSaysWhy() {
            show()
            compare(Tree.all(panel, GpuSensorsCard).length, 0)
            verify(!Tree.find(panel, DeviceChoice).visible)
            verify(texts(panel).includes("The library libamdhip64.so was not found."))
            verify(texts(panel).includes("Install the ROCm runtime."))
        }

        function test_everyCardHasItsOwn() {
            show({}, { name: "AMD Radeon Graphics", target: "gfx1036", integrated: true })
            const cards = Tree.all(panel, GpuSensorsCard, true)
            compare(cards.length, 2)
            verify(texts(cards[0]).includes("AMD Radeon RX 7900 XTX"))
            verify(texts(cards[0]).includes("5.3 GB of 25.8 GB"))
            verify(texts(cards[1]).includes("0.1 GB of 33.5 GB"))
            verify(texts(cards[1]).some(text => text.includes("gfx1036") && text.includes("part of the processor")))
            compare(graphs(cards[0]), ["Utilization", "Power", "VRAM", "Temperature", "Clock"])
        }

        function test_whatTheDriverDoesNotTellIsLeftOut() {
            show({ power: NaN, vramTotal: NaN, vramUsed: NaN, coreClock: NaN, memoryClock: NaN, temperatures: "" })
            const card = Tree.find(panel, GpuSensorsCard)
            compare(graphs(card), ["Utilization", "Temperature"])
            verify(!texts(card).some(text => text.includes("NaN")))
            compare(Tree.all(card, MemoryBar, true).length, 1)
        }

        function test_sleepingCardIsSaidToSleep() {
            show({ asleep: true, utilization: NaN, vramTotal: NaN, vramUsed: NaN, gttTotal: NaN, gttUsed: NaN,
                   temperature: NaN, temperatures: "", power: NaN, coreClock: NaN, memoryClock: NaN })
            const card = Tree.find(panel, GpuSensorsCard)
            compare(Tree.find(card, Badge).text, "asleep")
            compare(graphs(card), [])
            verify(texts(card).some(text => text.includes("not woken")))
        }

        function test_cardThatComputesIsInUse() {
            show({ inUse: true })
            compare(Tree.find(Tree.find(panel, GpuSensorsCard), Badge).text, "in use")
        }

        function test_gpuIsReadyUntilAModelRunsOnIt() {
            App.hardware.gpu = Object.assign({}, withoutGpu, { title: "GPU ready", usable: true })
            show()
            const badge = Tree.find(Tree.find(panel, GpuCard), Badge)
            compare(badge.text, "ready")
            App.engine.onGpu = true
            compare(badge.text, "in use")
            App.engine.onGpu = false
            compare(badge.text, "ready")
            App.hardware.gpu = withoutGpu
            compare(badge.text, "not used")
        }

        function test_cardsComeAndGoWhileItIsShown() {
            show()
            App.hardware.gpus.push(gpuComponent.createObject(root))
            tryCompare(Tree.all(panel, GpuSensorsCard), "length", 1)
            waitForRendering(panel)
            App.hardware.gpus.push(gpuComponent.createObject(root, { pciAddress: "0000:1a:00.0" }))
            waitForRendering(panel)
            compare(Tree.all(panel, GpuSensorsCard).length, 2)
            App.hardware.gpus = []
            tryVerify(() => Tree.find(panel, GpuSensorsCard) === null)
            waitForRendering(panel)
        }

        function test_everythingMayComeLater() {
            App.hardware.gpu = {}
            show()
            offerTwoGpus()
            App.hardware.gpu = { title: "GPU without kernels", reason: "Why.", remedy: "What.", library: "lib",
                                 driver: "6.2", devices: ["first (gfx1100)", "second (gfx1036)"], usable: false }
            App.hardware.gpus.push(gpuComponent.createObject(root))
            App.hardware.gpus.push(gpuComponent.createObject(root))
            waitForRendering(panel)
            compare(Tree.all(Tree.find(panel, DeviceChoice), RadioRow, true).length, 4)
            verify(texts(panel).some(text => text.includes("second (gfx1036)")))
        }

        function test_graphFollowsTheSensor() {
            show({})
            const graph = Tree.find(panel, SensorGraph)
            App.hardware.gpus[0].utilization = 0.95
            compare(graph.value, "95 %")
            compare(graph.Accessible.name, "Utilization: 95 %")
            waitForRendering(panel)
            const before = grabImage(root)
            App.hardware.gpus[0].utilizationHistory = Array(60).fill(0.95)
            tryVerify(() => !grabImage(root).equals(before))
        }

        function test_curveIsInk_data() {
            return [
                { tag: "light", mode: "light" },
                { tag: "dark", mode: "dark" },
            ]
        }

        function test_curveIsInk(row) {
            Theme.mode = row.mode
            show({ utilizationHistory: Array(60).fill(0.5) })
            const canvas = Tree.find(Tree.find(panel, SensorGraph), Canvas)
            const at = canvas.mapToItem(root, canvas.width / 2, 0)
            const inked = () => {
                const image = grabImage(root)
                for (let y = 0; y < canvas.height; ++y)
                    if (Qt.colorEqual(image.pixel(at.x, at.y + y), Theme.accent))
                        return true
                return false
            }
            tryVerify(inked)
            Theme.mode = "system"
        }

        function test_deviceIsChosenWithMouseOrKeyboard() {
            offerTwoGpus()
            show({})
            const rows = Tree.all(Tree.find(panel, DeviceChoice), RadioRow, true)
            compare(rows.map(row => row.text),
                    ["Automatic", "Processor", "AMD Radeon RX 7900 XTX", "AMD Radeon Graphics"])
            compare(rows.map(row => row.checked), [true, false, false, false])
            mouseClick(rows[2])
            compare(App.settings.computeDevice, "0000:03:00.0")
            compare(rows.map(row => row.checked), [false, false, true, false])
            rows[1].forceActiveFocus()
            keyClick(Qt.Key_Return)
            compare(App.settings.computeDevice, "cpu")
        }

        function test_choiceCanBeUndoneWithoutItsDevice() {
            App.settings.computeDevice = "0000:07:00.0"
            show()
            const choice = Tree.find(panel, DeviceChoice)
            verify(choice.visible)
            mouseClick(Tree.find(choice, RadioRow))
            compare(App.settings.computeDevice, "")
        }

        function test_loadedModelCanBeLoadedAgain() {
            offerTwoGpus()
            App.engine.modelPath = "/models/a.gguf"
            App.engine.state = EngineController.Ready
            show({})
            mouseClick(Tree.find(Tree.find(panel, DeviceChoice), AppButton))
            compare(App.engine.calls, ["load /models/a.gguf"])
        }
    }
}
