import QtQuick

ListModel {
    id: library

    property string demoPath: "/ember.gguf"
    property FactSheet next: FactSheet {}
    property var calls: []

    function addModel(name, path, more = {}) {
        append(Object.assign({
            name: name, path: path, quantization: "Q4_K_M", sizeText: "4.9 GB", architecture: "llama",
            contextText: "8 192", missing: false, supported: true, demo: false, problem: "",
        }, more))
    }

    function add(urls) { calls = calls.concat("add " + urls.join(" ")) }
    function inspect(url) { next.path = url.toString(); return next }
    function refresh() { calls = calls.concat("refresh") }
}
