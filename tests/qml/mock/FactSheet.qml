import QtQuick

QtObject {
    property string path: ""
    property bool ready: true
    property bool valid: true
    property bool canLoad: valid && error === ""
    property string canTryAs: ""
    property string title: ""
    property var rows: []
    property string fitText: ""
    property bool fits: true
    property var warnings: []
    property string error: ""
    property string remedy: ""
    property string quantization: ""
    property string sizeText: ""
}
