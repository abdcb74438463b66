import QtQuick
import QtTest
import RocmForge.Ui

TestCase {
    name: "Theme"

    function luminance(color) {
        const linear = [color.r, color.g, color.b]
            .map(c => c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4))
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    // WCAG 2.1, 1.4.3
    function contrast(a, b) {
        const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x)
        return (high + 0.05) / (low + 0.05)
    }

    function cleanup() {
        Theme.mode = "system"
        Theme.fontScale = 1
    }

    function test_textReachesContrast_data() {
        const rows = []
        for (const mode of ["light", "dark"]) {
            for (const ink of ["text", "textMuted", "accentText", "danger"])
                for (const surface of ["pane", "page", "card", "popup", "field"])
                    rows.push({ tag: `${mode} ${ink} on ${surface}`, mode, ink, surface, least: 4.5 })
            rows.push({ tag: `${mode} text on bubble`, mode, ink: "text", surface: "bubble", least: 4.5 })
            rows.push({ tag: `${mode} text on code`, mode, ink: "text", surface: "codeWash", least: 4.5 })
            rows.push({ tag: `${mode} selected text`, mode, ink: "text", surface: "selection", least: 4.5 })
            rows.push({ tag: `${mode} filled button`, mode, ink: "accentFillText", surface: "accentFill", least: 4.5 })
            rows.push({ tag: `${mode} toast`, mode, ink: "toastText", surface: "toast", least: 4.5 })
            rows.push({ tag: `${mode} toast action`, mode, ink: "toastAction", surface: "toast", least: 4.5 })
            for (const surface of ["pane", "page", "card", "popup", "field"]) {
                rows.push({ tag: `${mode} focus ring on ${surface}`, mode, ink: "accent", surface, least: 3 })
                rows.push({ tag: `${mode} control on ${surface}`, mode, ink: "controlBorder", surface, least: 3 })
            }
        }
        return rows
    }

    function test_textReachesContrast(row) {
        Theme.mode = row.mode
        const reached = contrast(Theme[row.ink], Theme[row.surface])
        verify(reached >= row.least, `${reached.toFixed(2)} : 1`)
    }

    function test_theAccentIsEmber() {
        Theme.mode = "light"
        compare(Theme.accent, "#e8590c")
        Theme.mode = "dark"
        compare(Theme.accent, "#ff8a4c")
    }

    function test_typeFollowsTheFontScale() {
        Theme.fontScale = 2
        compare(Theme.body, 28)
        verify(Theme.controlHeight >= 64)
    }

    function test_reducedMotionStopsAnimations() {
        Theme.reducedMotion = true
        compare(Theme.smooth, 0)
        Theme.reducedMotion = false
        verify(Theme.smooth > 0 && Theme.smooth <= 150)
    }
}
