// A remark of the application inside the conversation.
import QtQuick
import RocmForge.Ui

Row {
    id: notice

    required property string body

    spacing: Theme.gap
    topPadding: Theme.gap * 0.5
    bottomPadding: Theme.gap * 0.5

    Icon {
        y: notice.topPadding
        icon: "info"
        size: 16
    }
    RichText {
        width: notice.width - x
        body: notice.body
        ink: Theme.textMuted
        font.pixelSize: Theme.caption
    }
}
