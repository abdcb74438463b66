// A list with headings between its sections. The heading is declared here, in a file without bound
// components, since the section delegates of Qt 6.4 cannot be bound.
import QtQuick
import RocmForge.Ui

ListView {
    section.delegate: SectionLabel {
        required property string section
        width: ListView.view.width
        leftPadding: Theme.margin
        topPadding: Theme.gap * 1.5
        bottomPadding: 4
        text: section
    }
}
