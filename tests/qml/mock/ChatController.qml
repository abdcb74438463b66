import QtQuick

QtObject {
    enum State { Idle, LoadingModel, Prefill, Generating }

    property real chatId: 1
    property string title: ""
    property bool loaded: true
    property MessageListModel messages: MessageListModel {}
    property SamplingSettings sampling: SamplingSettings {}
    property CandidateListModel candidates: CandidateListModel {}
    property string systemPrompt: ""
    property int state: ChatController.Idle
    readonly property bool busy: state !== ChatController.Idle
    property real prefillProgress: 0
    property real tokensPerSecond: 0
    property int contextUsed: 0
    property int contextSize: 0
    property string statusText: ""
    property string draft: ""
    property int draftTokens: 0
    property bool canSend: draft.trim() !== "" && !busy
    property var calls: []
    signal answerFinished(real messageId)

    function record(...words) { calls = calls.concat(words.join(" ")) }
    function send(text) { draft = ""; record("send", text) }
    function stop() { record("stop") }
    function regenerate(id) { record("regenerate", id) }
    function editMessage(id, text) { record("edit", id, text) }
    function selectBranch(id, index) { record("branch", id, index) }
    function deleteMessage(id) { record("delete", id) }
    function continueAnswer(id) { record("continue", id) }
    function copyMessage(id) { record("copy", id) }
    function copyLastAnswer() { record("copyLast") }
    function copyText(text) { record("copyText", text) }
}
