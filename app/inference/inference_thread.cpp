#include "inference/inference_thread.h"

#include "inference/prompt.h"
#include "logging.h"

#include <QtCore/QFile>

namespace {

using rocmforge::FinishReason;
using rocmforge::RequestEvent;

/// Between two updates of an answer, and between two reports of a load's progress.
constexpr std::chrono::milliseconds updateInterval{16};
/// Before an engine that had nothing to do, though an answer runs, is asked again.
constexpr std::chrono::milliseconds idleStep{1};

} // namespace

InferenceThread::InferenceThread(EngineLoader load, QObject* parent)
    : QThread(parent)
    , m_load(load ? std::move(load) : EngineLoader(&rocmforge::Engine::load))
{
    setObjectName(QStringLiteral("inference"));
    start();
}

InferenceThread::~InferenceThread()
{
    cancelLoad();
    m_tasks.post([this] { dropEngine(); });
    m_tasks.closeAndWait();
    wait();
}

quint64 InferenceThread::load(const QString& path, const rocmforge::LoadOptions& options)
{
    const quint64 ticket = ++m_lastTicket;
    m_wantedLoad = ticket;
    m_tasks.post([=, this] { doLoad(ticket, path, options); });
    return ticket;
}

void InferenceThread::cancelLoad()
{
    m_wantedLoad = 0;
}

void InferenceThread::unload()
{
    cancelLoad();
    m_tasks.post([this] { dropEngine(); });
}

quint64 InferenceThread::generate(const GenerationRequest& request)
{
    const quint64 ticket = ++m_lastTicket;
    m_tasks.post([=, this] { startAnswer(ticket, request); });
    return ticket;
}

void InferenceThread::cancel(quint64 ticket)
{
    m_tasks.post([this, ticket] {
        if (const auto running = m_running.find(ticket); running != m_running.end())
            m_engine->cancel(running->second.id);
    });
}

quint64 InferenceThread::countTokens(const QString& text)
{
    const quint64 ticket = ++m_lastTicket;
    m_tasks.post([this, ticket, utf8 = text.toStdString()] {
        const int tokens = m_engine ? int(m_engine->tokenize(utf8, false, false).size()) : -1;
        m_replies.post([this, ticket, tokens] { emit tokensCounted(ticket, tokens); });
    });
    return ticket;
}

void InferenceThread::run()
{
    while (m_tasks.open()) {
        if (const TaskQueue::Task task = m_tasks.take()) {
            task();
        } else if (m_running.empty()) {
            m_tasks.wait();
        } else {
            if (!m_engine->step())
                m_tasks.waitFor(idleStep);
            dropFinished();
        }
    }
    m_tasks.retire();
}

void InferenceThread::doLoad(quint64 ticket, const QString& path, rocmforge::LoadOptions options)
{
    LoadOutcome outcome;
    outcome.kind = LoadOutcome::Cancelled;
    if (m_wantedLoad == ticket) {
        dropEngine();
        outcome = loadModel(ticket, path, options);
    }
    m_replies.post([this, ticket, outcome] { emit loadFinished(ticket, outcome); });
}

LoadOutcome InferenceThread::loadModel(quint64 ticket, const QString& path, rocmforge::LoadOptions& options)
{
    options.progress = [this, ticket, sent = Clock::time_point()](double progress) mutable {
        if (Clock::now() - sent >= updateInterval) {
            sent = Clock::now();
            m_replies.post([this, ticket, progress] { emit loadProgress(ticket, progress); });
        }
        return m_wantedLoad == ticket;
    };
    LoadOutcome outcome;
    auto engine = m_load(std::filesystem::path(QFile::encodeName(path).toStdString()), options);
    if (engine) {
        m_engine = std::move(*engine);
        outcome.kind = LoadOutcome::Loaded;
        outcome.model = {m_engine->info(), QString::fromStdString(m_engine->backend_name()),
                         m_engine->n_ctx(), m_engine->load_plan()};
        logger("inference")->info("loaded {} on {}", path.toStdString(), m_engine->backend_name());
        return outcome;
    }
    const bool cancelled = engine.error().kind == rocmforge::ErrorKind::cancelled;
    outcome.kind = cancelled ? LoadOutcome::Cancelled : LoadOutcome::Failed;
    outcome.errorText = QString::fromStdString(engine.error().message);
    outcome.errorRemedy = QString::fromStdString(engine.error().remedy);
    logger("inference")->warn("{}: {}", path.toStdString(), engine.error().message);
    return outcome;
}

void InferenceThread::dropEngine()
{
    for (auto& [ticket, running] : m_running) {
        running.update.finished = true;
        running.update.reason = FinishReason::cancelled;
        send(running);
    }
    m_running.clear();
    m_engine.reset();
}

void InferenceThread::startAnswer(quint64 ticket, const GenerationRequest& request)
{
    if (m_engine)
        submit(ticket, request);
    else
        sendFailure(ticket,
                    {rocmforge::ErrorKind::invalid_request, tr("No model is loaded.").toStdString(),
                     tr("Choose a model.").toStdString()});
}

void InferenceThread::submit(quint64 ticket, const GenerationRequest& request)
{
    auto prompt = assemblePrompt(*m_engine, request);
    if (!prompt)
        return sendFailure(ticket, prompt.error());

    AnswerSplitter splitter(m_engine->info().chat_template, prompt->text, request.begun);
    Running& running =
        m_running.emplace(ticket, Running{0, std::move(splitter), {}, {}, false}).first->second;
    running.update.ticket = ticket;
    running.update.droppedMessages = prompt->droppedMessages;
    running.update.templateFallback = QString::fromStdString(prompt->fallbackReason);
    running.update.statistics.prompt_tokens = int(prompt->tokens.size());
    send(running);

    rocmforge::Request wanted;
    wanted.prompt = std::move(prompt->tokens);
    wanted.sampling = request.sampling;
    wanted.max_tokens = request.maxTokens;
    wanted.n_candidates = request.candidates;
    wanted.on_event = [this, ticket](const RequestEvent& event) { onEvent(ticket, event); };
    running.id = m_engine->submit(std::move(wanted));
}

void InferenceThread::onEvent(quint64 ticket, const RequestEvent& event)
{
    const auto found = m_running.find(ticket);
    if (found == m_running.end())
        return;
    Running& running = found->second;
    GenerationUpdate& update = running.update;
    update.promptDone = event.kind == RequestEvent::Kind::prefill ? event.prompt_done : update.promptDone;
    running.splitter.append(event.text);
    if (!event.candidates.empty())
        update.lastToken.drawn = {event.token, event.probability, event.candidates};
    update.statistics = event.statistics;
    update.tokensPerSecond = event.statistics.decode_rate();
    if (event.kind == RequestEvent::Kind::finished) {
        running.splitter.finish();
        update.finished = running.finished = true;
        update.reason = event.reason;
        if (event.error) {
            update.errorText = QString::fromStdString(event.error->message);
            update.errorRemedy = QString::fromStdString(event.error->remedy);
        }
    }
    if (update.finished || Clock::now() - running.sent >= updateInterval)
        send(running);
}

void InferenceThread::send(Running& running)
{
    const AnswerSplitter::News news = running.splitter.takeNews();
    running.sent = Clock::now();
    running.update.thinking = QString::fromStdString(news.parts.thinking);
    running.update.text = QString::fromStdString(news.parts.text);
    running.update.replaces = news.replaces;
    running.update.lastToken.texts = textsOf(running.update.lastToken.drawn);
    m_replies.post([this, update = running.update] { emit updated(update); });
}

QStringList InferenceThread::textsOf(const rocmforge::DrawnToken& token) const
{
    QStringList texts;
    for (const rocmforge::TokenCandidate& candidate : token.candidates)
        texts.append(QString::fromStdString(m_engine->detokenize({&candidate.token, 1}, true)));
    return texts;
}

void InferenceThread::sendFailure(quint64 ticket, const rocmforge::Error& error)
{
    GenerationUpdate update;
    update.ticket = ticket;
    update.finished = true;
    update.reason = FinishReason::error;
    update.errorText = QString::fromStdString(error.message);
    update.errorRemedy = QString::fromStdString(error.remedy);
    m_replies.post([this, update] { emit updated(update); });
}

void InferenceThread::dropFinished()
{
    std::erase_if(m_running, [](const auto& entry) { return entry.second.finished; });
}
