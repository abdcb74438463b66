// A list with space before its first and after its last item. Header and footer are declared here, in
// a file without bound components, since those of Qt 6.4 cannot be bound.
import QtQuick
import RocmForge.Ui

ListView {
    header: Item { implicitHeight: Theme.margin }
    footer: Item { implicitHeight: Theme.margin }
}
