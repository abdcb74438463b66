import QtQuick

QtObject {
    enum Kind { Paragraph, Heading, List, Quote, Code, Table, Thinking, Rule, Error, Notice }
}
