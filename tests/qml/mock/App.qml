pragma Singleton

import QtQuick

QtObject {
    property ChatListModel chats: ChatListModel {}
    property ChatController chat: ChatController {}
    property ModelLibrary models: ModelLibrary {}
    property EngineController engine: EngineController {}
    property Hardware hardware: Hardware {}
    property Diagnosis diagnosis: Diagnosis {}
    property Settings settings: Settings {}
    property bool firstStart: true
    property string databaseError: ""
    property string databaseRemedy: ""
    property bool databaseDamaged: false
    property string version: "0.1.0"
    property var calls: []
    signal filesOffered(var urls)
    signal notice(string kind, string text, string remedy)

    function startFreshDatabase() { calls = calls.concat("startFreshDatabase") }
    function retryDatabase() { calls = calls.concat("retryDatabase") }
    function openFiles(urls) { calls = calls.concat("openFiles " + urls.join(" ")) }
}
