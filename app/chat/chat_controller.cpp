#include "chat/chat_controller.h"

#include "chat/answer_details.h"
#include "chat/chat_list_model.h"
#include "chat/chat_sections.h"
#include "models/engine_controller.h"
#include "settings/settings.h"
#include "store/store.h"

#include <QtCore/QPointer>
#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>

namespace {

const QString user = QStringLiteral("user");
const QString assistant = QStringLiteral("assistant");
const QString finishKey = QStringLiteral("finish");

/// Half of what may be lost when the process is killed, since saving takes its time too.
constexpr int answerSaveMs = 500;
constexpr int chatSaveMs = 400;
constexpr int draftCountMs = 200;

void makeSingleShot(QTimer& timer, int interval)
{
    timer.setSingleShot(true);
    timer.setInterval(interval);
}

} // namespace

ChatController::ChatController(const ChatRecord& chat, bool isNew, ChatServices services, QObject* parent)
    : QObject(parent)
    , m_chat(chat)
    , m_services(services)
    , m_messages(m_tree)
    , m_sampling(services.settings)
    , m_loaded(isNew)
{
    m_sampling.fromJson(chat.sampling);
    makeSingleShot(m_chatSaver, chatSaveMs);
    makeSingleShot(m_draftCounter, draftCountMs);
    m_answerSaver.setInterval(answerSaveMs);
    connect(&m_chatSaver, &QTimer::timeout, this, &ChatController::saveChat);
    connect(&m_draftCounter, &QTimer::timeout, this, &ChatController::countDraft);
    connect(&m_answerSaver, &QTimer::timeout, this, [this] { saveMessage(m_answerId); });
    connect(&m_sampling, &SamplingSettings::changed, &m_chatSaver, qOverload<>(&QTimer::start));
    connect(&m_sampling, &SamplingSettings::changed, this,
            [this] { m_candidates.preview(m_sampling.parameters()); });
    connect(&services.store, &Store::messagesLoaded, this, &ChatController::onMessagesLoaded);
    connect(&services.chats, &ChatListModel::chatChanged, this, &ChatController::onChatChanged);
    connect(&services.engine, &EngineController::stateChanged, this, &ChatController::onEngineChanged);
    connect(&services.inference, &InferenceThread::updated, this, &ChatController::onUpdate);
    connect(&services.inference, &InferenceThread::tokensCounted, this, &ChatController::onTokensCounted);
    for (const auto change : {&ChatController::stateChanged, &ChatController::progressChanged})
        connect(this, change, this, &ChatController::statusTextChanged);
    for (const auto change : {&ChatController::stateChanged, &ChatController::draftChanged,
                              &ChatController::loadedChanged, &ChatController::contextSizeChanged})
        connect(this, change, this, &ChatController::canSendChanged);
    if (!isNew)
        services.store.requestMessages(chat.id);
    countDraft();
}

ChatController::~ChatController()
{
    if (m_chatSaver.isActive())
        saveChat();
    if (m_answerId != 0)
        saveMessage(m_answerId);
}

void ChatController::onMessagesLoaded(qint64 chatId, const QList<MessageRecord>& messages)
{
    if (chatId != m_chat.id || m_loaded)
        return;
    QList<MessageRecord> known = messages;
    for (MessageRecord& message : known) {
        if (message.role == assistant && !message.details.contains(finishKey))
            message.details.insert(finishKey, QStringLiteral("interrupted"));
    }
    m_tree.load(m_chat.activeRoot, known);
    m_loaded = true;
    showBranch();
    emit loadedChanged();
}

void ChatController::onChatChanged(qint64 chatId)
{
    if (chatId != m_chat.id)
        return;
    const ChatRecord* saved = m_services.chats.find(chatId);
    m_chat.pinned = saved->pinned;
    if (m_chat.title != saved->title) {
        m_chat.title = saved->title;
        emit titleChanged();
    }
}

void ChatController::setSystemPrompt(const QString& text)
{
    if (text == m_chat.systemPrompt)
        return;
    m_chat.systemPrompt = text;
    m_chatSaver.start();
    emit systemPromptChanged();
}

void ChatController::setDraft(const QString& text)
{
    if (text == m_chat.draft)
        return;
    m_chat.draft = text;
    m_chatSaver.start();
    m_draftCounter.start();
    emit draftChanged();
}

void ChatController::countDraft()
{
    if (!m_chat.draft.isEmpty())
        m_countTicket = m_services.inference.countTokens(m_chat.draft);
    else if (std::exchange(m_draftTokens, 0) != 0)
        emit draftTokensChanged();
}

void ChatController::onTokensCounted(quint64 ticket, int tokens)
{
    if (ticket != m_countTicket)
        return;
    m_draftTokens = m_chat.draft.isEmpty() ? 0 : std::max(tokens, 0);
    emit draftTokensChanged();
}

int ChatController::contextSize() const
{
    return m_services.engine.contextSize();
}

QString ChatController::statusText() const
{
    switch (m_state) {
    case LoadingModel:
        return tr("Waiting for the model…");
    case Prefill:
        return tr("Reading the prompt… %1 %").arg(int(m_prefillProgress * 100));
    case Idle:
    case Generating:
        break;
    }
    return m_tokensPerSecond > 0 ? tr("%1 tok/s").arg(m_tokensPerSecond, 0, 'f', 1) : QString();
}

bool ChatController::canAnswer() const
{
    const EngineController::State engine = m_services.engine.state();
    return m_loaded && !busy() && (engine == EngineController::Ready || engine == EngineController::Loading);
}

bool ChatController::canSend() const
{
    return canAnswer() && !m_chat.draft.trimmed().isEmpty();
}

void ChatController::send(const QString& text)
{
    if (text.trimmed().isEmpty() || !canAnswer())
        return;
    if (m_chat.title.isEmpty()) {
        m_chat.title = titleFrom(text);
        emit titleChanged();
    }
    setDraft({});
    touch(text);
    const QList<qint64> branch = m_tree.activeBranch();
    answer(addMessage(branch.isEmpty() ? 0 : branch.last(), user, text));
}

void ChatController::stop()
{
    if (m_ticket != 0)
        m_services.inference.cancel(m_ticket);
    else if (busy())
        endAnswer();
}

void ChatController::regenerate(qint64 messageId)
{
    const MessageRecord* message = m_tree.find(messageId);
    if (message && canAnswer())
        answer(message->role == user ? messageId : message->parentId);
}

void ChatController::editMessage(qint64 messageId, const QString& text)
{
    const MessageRecord* message = m_tree.find(messageId);
    const bool isQuestion = message && message->role == user;
    if (!message || text.trimmed().isEmpty() || busy() || (isQuestion && !canAnswer()))
        return;
    const qint64 edited = addMessage(message->parentId, message->role, text);
    if (isQuestion) {
        answer(edited);
        return;
    }
    m_tree.find(edited)->details = {{finishKey, QStringLiteral("stop")}, {QStringLiteral("edited"), true}};
    saveMessage(edited);
    showBranch();
}

void ChatController::selectBranch(qint64 messageId, int index)
{
    const QList<qint64> siblings = m_tree.siblings(messageId);
    if (index < 0 || index >= siblings.size())
        return;
    m_tree.select(siblings.at(index));
    saveChoice(m_tree.find(messageId)->parentId);
    showBranch();
}

void ChatController::deleteMessage(qint64 messageId)
{
    const MessageRecord* message = m_tree.find(messageId);
    if (!message || busy())
        return;
    const qint64 parentId = message->parentId;
    m_services.store.removeMessages(m_tree.remove(messageId));
    saveChoice(parentId);
    showBranch();
}

void ChatController::continueAnswer(qint64 messageId)
{
    const MessageRecord* message = m_tree.find(messageId);
    if (message && message->role == assistant && canAnswer())
        beginAnswer(messageId);
}

void ChatController::copyMessage(qint64 messageId)
{
    if (const MessageRecord* message = m_tree.find(messageId))
        copyText(message->text);
}

void ChatController::copyLastAnswer()
{
    copyMessage(m_messages.lastOf(assistant));
}

void ChatController::copyText(const QString& text)
{
    QGuiApplication::clipboard()->setText(text);
}

qint64 ChatController::addMessage(qint64 parentId, const QString& role, const QString& text)
{
    MessageRecord message;
    message.id = newRecordId();
    message.chatId = m_chat.id;
    message.parentId = parentId;
    message.role = role;
    message.text = text;
    m_tree.add(message);
    saveChoice(parentId);
    saveMessage(message.id);
    return message.id;
}

void ChatController::showBranch()
{
    m_messages.syncBranch();
    if (busy())
        m_messages.setStreaming(m_answerId, true);
    measureContext();
}

void ChatController::saveChoice(qint64 parentId)
{
    if (parentId != 0)
        saveMessage(parentId);
    else
        saveChat();
}

void ChatController::saveMessage(qint64 id)
{
    if (const MessageRecord* message = m_tree.find(id))
        m_services.store.saveMessage(*message);
}

void ChatController::saveChat()
{
    m_chatSaver.stop();
    m_chat.activeRoot = m_tree.activeRoot();
    m_chat.sampling = m_sampling.toJson();
    const bool isWorthKeeping = !m_tree.isEmpty() || !m_chat.draft.isEmpty();
    if (isWorthKeeping || m_services.chats.find(m_chat.id))
        m_services.chats.save(m_chat);
}

void ChatController::touch(const QString& preview)
{
    m_chat.updatedAt = QDateTime::currentDateTime();
    m_chat.preview = previewOf(preview);
    m_chatSaver.start();
}

void ChatController::measureContext()
{
    const MessageRecord* answer = m_tree.find(m_messages.lastOf(assistant));
    m_contextUsed = answer ? contextUsedBy(answer->details) : 0;
    m_tokensPerSecond = answer ? answer->details.value(QStringLiteral("decodeRate")).toDouble() : 0;
    emit progressChanged();
}

void ChatController::setState(State state)
{
    m_state = state;
    m_services.chats.setBusy(m_chat.id, busy());
    emit stateChanged();
}
