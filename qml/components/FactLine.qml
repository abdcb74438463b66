// Facts on one line with dots between; empty ones are left out.
import RocmForge.Ui

Caption {
    required property var facts ///< list of strings

    text: facts.filter(fact => fact !== "").join(" · ")
    visible: text !== ""
}
