// The one thread that drives the engine: it loads models, runs answers, counts tokens.
#pragma once

#include "inference/generation.h"
#include "threads/gui_queue.h"
#include "threads/task_queue.h"

#include <rocmforge/engine.h>

#include <QtCore/QThread>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <unordered_map>

/// The public functions are for the GUI thread and return at once; what comes of them is told by
/// signals on the GUI thread that carry the ticket.
class InferenceThread : public QThread {
    Q_OBJECT

public:
    using EngineLoader = std::function<rocmforge::Result<std::unique_ptr<rocmforge::Engine>>(
        const std::filesystem::path&, const rocmforge::LoadOptions&)>;

    /// `load` makes the engines; rocmforge::Engine::load where it is empty.
    explicit InferenceThread(EngineLoader load, QObject* parent = nullptr);
    ~InferenceThread() override;

    /// Replaces the loaded model. Running answers end as cancelled; a load that runs is cancelled.
    [[nodiscard]] quint64 load(const QString& path, const rocmforge::LoadOptions& options);
    void cancelLoad();
    void unload();

    [[nodiscard]] quint64 generate(const GenerationRequest& request);
    /// The answer ends with FinishReason::cancelled soon; nothing happens if it has ended.
    void cancel(quint64 ticket);

    [[nodiscard]] quint64 countTokens(const QString& text);

signals:
    void loadProgress(quint64 ticket, double progress);
    void loadFinished(quint64 ticket, const LoadOutcome& outcome);
    void updated(const GenerationUpdate& update);
    /// -1 = no model is loaded.
    void tokensCounted(quint64 ticket, int tokens);

protected:
    void run() override;

private:
    using Clock = std::chrono::steady_clock;

    struct Running {
        rocmforge::RequestId id = 0;
        AnswerSplitter splitter;
        GenerationUpdate update; ///< the next one to be sent
        Clock::time_point sent;
        bool finished = false;
    };

    void doLoad(quint64 ticket, const QString& path, rocmforge::LoadOptions options);
    [[nodiscard]] LoadOutcome loadModel(quint64 ticket, const QString& path, rocmforge::LoadOptions& options);
    void dropEngine();
    void startAnswer(quint64 ticket, const GenerationRequest& request);
    void submit(quint64 ticket, const GenerationRequest& request);
    void onEvent(quint64 ticket, const rocmforge::RequestEvent& event);
    void send(Running& running);
    [[nodiscard]] QStringList textsOf(const rocmforge::DrawnToken& token) const;
    void sendFailure(quint64 ticket, const rocmforge::Error& error);
    void dropFinished();

    const EngineLoader m_load;
    GuiQueue m_replies;
    TaskQueue m_tasks;
    std::atomic<quint64> m_wantedLoad = 0; ///< ticket of the load that shall go on; 0 = none
    quint64 m_lastTicket = 0; ///< GUI thread
    std::unique_ptr<rocmforge::Engine> m_engine;
    std::unordered_map<quint64, Running> m_running;
};
