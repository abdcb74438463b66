// ChatController's other half: the answer being generated.
#include "chat/answer_details.h"
#include "chat/chat_controller.h"
#include "chat/chat_list_model.h"
#include "models/engine_controller.h"
#include "store/store.h"

#include <QtCore/QPointer>

namespace {

rocmforge::ChatMessage toEngine(const QString& role, const QString& text)
{
    return {role.toStdString(), text.toStdString()};
}

} // namespace

void ChatController::answer(qint64 parentId)
{
    beginAnswer(addMessage(parentId, QStringLiteral("assistant"), {}));
}

void ChatController::beginAnswer(qint64 messageId)
{
    MessageRecord& message = *m_tree.find(messageId);
    message.details = {};
    message.error.clear();
    m_answerId = messageId;
    m_ticket = 0;
    m_prefillProgress = 0;
    m_sinceText.invalidate();
    m_answerSaver.start();
    const bool isReady = m_services.engine.ready();
    setState(isReady ? Prefill : LoadingModel);
    showBranch();
    if (isReady)
        submitWhenWritten();
}

void ChatController::onEngineChanged()
{
    emit contextSizeChanged();
    if (m_services.engine.ready())
        countDraft();
    if (m_state != LoadingModel || m_services.engine.state() == EngineController::Loading)
        return;
    if (m_services.engine.ready()) {
        setState(Prefill);
        submitWhenWritten();
    } else if (m_services.engine.state() == EngineController::Failed) {
        failAnswer(m_services.engine.errorText(), m_services.engine.errorRemedy());
    } else {
        failAnswer(tr("No model is loaded."), tr("Choose a model and try again."));
    }
}

void ChatController::submitWhenWritten()
{
    m_services.store.afterWrites([self = QPointer(this), answerId = m_answerId] {
        if (self && self->m_answerId == answerId && self->m_ticket == 0)
            self->submit();
    });
}

void ChatController::submit()
{
    m_tree.find(m_answerId)->details = detailsBefore(m_services.engine, m_sampling);
    m_candidates.beginAnswer();
    m_ticket = m_services.inference.generate(makeRequest());
}

GenerationRequest ChatController::makeRequest() const
{
    GenerationRequest request;
    request.sampling = m_sampling.parameters();
    request.maxTokens = m_sampling.maxTokens();
    request.candidates = m_candidates.active() ? rocmforge::max_token_candidates : 0;
    if (!m_chat.systemPrompt.trimmed().isEmpty())
        request.messages.push_back(toEngine(QStringLiteral("system"), m_chat.systemPrompt));
    for (const qint64 id : m_tree.branchTo(m_answerId)) {
        const MessageRecord& message = *m_tree.find(id);
        if (id == m_answerId)
            request.begun = {message.thinking.toStdString(), message.text.toStdString()};
        else
            request.messages.push_back(toEngine(message.role, message.text));
    }
    return request;
}

void ChatController::onUpdate(const GenerationUpdate& update)
{
    if (update.ticket != m_ticket || m_ticket == 0)
        return;
    QJsonObject& details = m_tree.find(m_answerId)->details;
    if (update.droppedMessages > 0 && !details.contains(QStringLiteral("droppedMessages"))) {
        details.insert(QStringLiteral("droppedMessages"), update.droppedMessages);
        m_messages.refresh(m_answerId);
    }
    if (!update.templateFallback.isEmpty())
        details.insert(QStringLiteral("templateFallback"), update.templateFallback);

    const int promptTokens = std::max(update.statistics.prompt_tokens, 1);
    if (!update.lastToken.texts.isEmpty())
        m_candidates.show(update.lastToken);
    m_prefillProgress = double(update.promptDone) / promptTokens;
    m_tokensPerSecond = update.tokensPerSecond;
    m_contextUsed = update.statistics.prompt_tokens + update.statistics.generated_tokens;
    if (!update.text.isEmpty() || !update.thinking.isEmpty() || update.replaces)
        addText(update);
    emit progressChanged();
    if (!update.finished)
        return;
    addOutcome(m_tree.find(m_answerId)->details, update);
    if (update.reason == rocmforge::FinishReason::error)
        failAnswer(update.errorText, update.errorRemedy);
    else
        endAnswer();
}

void ChatController::addText(const GenerationUpdate& update)
{
    if (m_state != Generating)
        setState(Generating);
    if (!m_sinceText.isValid())
        m_sinceText.start();
    MessageRecord& message = *m_tree.find(m_answerId);
    const bool endsThinking = message.text.isEmpty() && !update.text.isEmpty();
    if (update.replaces) {
        message.thinking = update.thinking;
        message.text = update.text;
        m_messages.resetText(m_answerId);
    } else {
        message.thinking += update.thinking;
        message.text += update.text;
        m_messages.appendText(m_answerId, update.thinking, update.text);
    }
    if (endsThinking && !message.thinking.isEmpty()) // 0 would mean that nobody knows
        message.details.insert(QStringLiteral("thinkingSeconds"),
                               double(std::max<qint64>(m_sinceText.elapsed(), 1)) / 1000);
}

void ChatController::failAnswer(const QString& text, const QString& remedy)
{
    MessageRecord& message = *m_tree.find(m_answerId);
    message.error = remedy.isEmpty() ? text : text + QLatin1Char(' ') + remedy;
    message.details.insert(QStringLiteral("finish"), QStringLiteral("error"));
    endAnswer();
}

void ChatController::endAnswer()
{
    const qint64 id = std::exchange(m_answerId, 0);
    m_ticket = 0;
    m_answerSaver.stop();
    MessageRecord& message = *m_tree.find(id);
    if (!message.details.contains(QStringLiteral("finish")))
        message.details.insert(QStringLiteral("finish"), QStringLiteral("cancelled"));
    saveMessage(id);
    touch(message.text);
    m_messages.setStreaming(id, false);
    setState(Idle);
    measureContext();
    emit answerFinished(id);
}
