// Selectable rich text with the application's link and code style.
import QtQuick
import RocmForge.Ui

TextEdit {
    id: edit

    required property string body
    property color ink: Theme.text
    readonly property string style: "<style>a{color:" + Theme.accentText + ";text-decoration:none}"
        + "code{font-family:" + Theme.monospace + ";font-size:" + Theme.code + "px"
        + ";background-color:" + Theme.codeWash + "}"
        + "p,li,div{line-height:130%}p{margin:0}li{margin-bottom:4px}ul,ol{margin:0}"
        + "th,td{padding:7px 12px}th{font-weight:600;text-align:left}</style>"

    text: style + "<div>" + body + "</div>"
    textFormat: TextEdit.RichText
    readOnly: true
    selectByMouse: true
    activeFocusOnTab: false
    topPadding: Math.round(font.pixelSize * 0.15) // evens out the line height, which Qt adds below
    wrapMode: TextEdit.Wrap
    color: ink
    selectionColor: Theme.selection
    selectedTextColor: ink
    font.pixelSize: Theme.reading

    Accessible.role: Accessible.StaticText
    Accessible.name: edit.getText(0, edit.length)
    Accessible.readOnly: true

    onLinkActivated: link => Qt.openUrlExternally(link)

    HoverHandler {
        cursorShape: edit.hoveredLink === "" ? Qt.IBeamCursor : Qt.PointingHandCursor
    }
}
