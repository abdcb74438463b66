// Holds an item only while `active`. What Loader does, for components that are bound to their
// context: the Loader of Qt 6.4 refuses those.
import QtQuick

Item {
    id: lazy

    property bool active: true
    property Component content: null
    property Item item: null
    property bool complete: false
    property bool hugging: false ///< as wide as the item would be; asking texts for it costs a layout

    function renew() {
        if (!complete)
            return
        if (item !== null)
            item.destroy()
        item = active && content !== null ? content.createObject(lazy) as Item : null
        if (item === null)
            return
        item.width = Qt.binding(() => lazy.width)
        item.height = Qt.binding(() => lazy.height)
    }

    implicitWidth: hugging && item !== null ? item.implicitWidth : 0
    implicitHeight: item !== null ? item.implicitHeight : 0

    Component.onCompleted: {
        complete = true
        renew()
    }
    onActiveChanged: renew()
    onContentChanged: renew()
}
