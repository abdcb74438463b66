// The look in one place: colours of both schemes, the 8-px grid, type scale, radii and durations.
// Main sets `mode`, `fontScale` and `reducedMotion` from the settings; everything else only reads.
pragma Singleton

import QtQuick

QtObject {
    id: theme

    property string mode: "system" // "system", "light" or "dark"
    property real fontScale: 1.0
    property bool reducedMotion: false

    readonly property SystemPalette systemPalette: SystemPalette {}
    readonly property bool systemIsDark:
        systemPalette.windowText.hslLightness > systemPalette.window.hslLightness
    readonly property bool dark: mode === "dark" || (mode !== "light" && systemIsDark)

    // Surfaces, from the back to the front.
    readonly property color pane: dark ? "#171615" : "#F5F4F2"
    readonly property color page: dark ? "#1D1C1B" : "#FFFFFF"
    readonly property color card: dark ? "#262423" : "#FAF9F8"
    readonly property color popup: dark ? "#2B2928" : "#FFFFFF"
    readonly property color field: dark ? "#232120" : "#FFFFFF"
    readonly property color border: dark ? "#383533" : "#E3E0DC"
    readonly property color controlBorder: dark ? "#77716B" : "#8C867F"
    readonly property color hover: dark ? "#14FFFFFF" : "#0D000000"
    readonly property color pressed: dark ? "#24FFFFFF" : "#1A000000"
    readonly property color track: dark ? "#45413E" : "#DAD6D1"
    readonly property color toast: dark ? "#3A3735" : "#2B2826"
    readonly property color toastText: "#F3F0ED"
    readonly property color toastAction: "#FFA877"
    readonly property color scrim: dark ? "#A0000000" : "#66000000"

    // Text; every pair with a surface above reaches 4.5 : 1.
    readonly property color text: dark ? "#EDEAE7" : "#22201E"
    readonly property color textMuted: dark ? "#A9A29B" : "#65605A"
    readonly property color textDisabled: dark ? "#6E6862" : "#9A948D"

    // The ember accent: marks (3 : 1), text in it (4.5 : 1), and fills that carry text.
    readonly property color accent: dark ? "#FF8A4C" : "#E8590C"
    readonly property color accentText: dark ? "#FF9E6B" : "#B8420A"
    readonly property color accentFill: dark ? "#FF8A4C" : "#C84B08"
    readonly property color accentFillText: dark ? "#1F1006" : "#FFFFFF"
    readonly property color accentWash: dark ? "#2BFF8A4C" : "#1AE8590C"
    readonly property color selection: dark ? "#6B4A33" : "#FBD5BC"
    readonly property color codeWash: dark ? "#2E2B29" : "#F1EEEB"
    readonly property color bubble: dark ? "#2F2C2A" : "#F1EEEA"
    readonly property color danger: dark ? "#FF8B80" : "#B3261E"
    readonly property color dangerWash: dark ? "#26FF8B80" : "#14B3261E"
    readonly property color good: dark ? "#7CC79A" : "#1B7F45"

    // Grid
    readonly property int unit: 8
    readonly property int gap: 8
    readonly property int margin: 16
    readonly property int controlHeight: Math.round(Math.max(32, 32 * fontScale))
    readonly property int readingWidth: Math.round(760 * fontScale)
    readonly property int radiusSmall: 6
    readonly property int radius: 10
    readonly property int radiusLarge: 16

    // Type
    readonly property int caption: Math.round(12 * fontScale)
    readonly property int body: Math.round(14 * fontScale)
    readonly property int code: Math.round(13 * fontScale)
    readonly property int reading: Math.round(15 * fontScale)
    readonly property int title: Math.round(17 * fontScale)
    readonly property int headline: Math.round(22 * fontScale)
    readonly property int display: Math.round(28 * fontScale)
    readonly property string monospace: "monospace"

    // Motion
    readonly property int quick: reducedMotion ? 0 : 90
    readonly property int smooth: reducedMotion ? 0 : 150
}
