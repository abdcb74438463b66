// A heading of level 1 to 6.
import QtQuick
import RocmForge.Ui

RichText {
    required property int level

    topPadding: level <= 2 ? Theme.gap : Theme.gap * 0.5
    font.pixelSize: level === 1 ? Theme.headline : level === 2 ? Theme.title : Theme.reading
    font.weight: Font.DemiBold
    Accessible.role: Accessible.Heading
}
