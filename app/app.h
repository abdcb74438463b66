// The root of everything QML sees: `App` in the module RocmForge.
#pragma once

#include "chat/chat_controller.h"
#include "chat/chat_list_model.h"
#include "hardware/diagnosis.h"
#include "hardware/hardware.h"
#include "inference/inference_thread.h"
#include "models/engine_controller.h"
#include "models/model_library.h"
#include "settings/settings.h"
#include "store/store.h"
#include "threads/worker.h"

#include <QtCore/QHash>
#include <QtCore/QObject>
#include <QtQml/qqmlregistration.h>

class QJSEngine;
class QQmlEngine;

struct AppOptions {
    QString dataDirectory; ///< chats, settings and logs; made when missing
    InferenceThread::EngineLoader loadEngine; ///< empty: GGUF files by rocmforge::Engine, on tested GPUs only
    bool loadLastModel = true;
    QString systemRoot = QStringLiteral("/"); ///< where sys/ with the hardware's sensors is
};

/// GUI thread. One per process, made by main before the QML engine.
class App : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON
    Q_PROPERTY(ChatListModel* chats READ chats CONSTANT)
    /// The open chat; never null.
    Q_PROPERTY(ChatController* chat READ chat NOTIFY chatChanged)
    Q_PROPERTY(ModelLibrary* models READ models CONSTANT)
    Q_PROPERTY(EngineController* engine READ engine CONSTANT)
    Q_PROPERTY(Hardware* hardware READ hardware CONSTANT)
    Q_PROPERTY(Diagnosis* diagnosis READ diagnosis CONSTANT)
    Q_PROPERTY(Settings* settings READ settings CONSTANT)
    /// No model was ever loaded: offer Ember.
    Q_PROPERTY(bool firstStart READ firstStart NOTIFY firstStartChanged)
    /// Why chats cannot be read or written just now; empty = all is well. Nothing is lost
    /// meanwhile: writes wait in memory and are tried again.
    Q_PROPERTY(QString databaseError READ databaseError NOTIFY databaseErrorChanged)
    Q_PROPERTY(QString databaseRemedy READ databaseRemedy NOTIFY databaseErrorChanged)
    /// The database is damaged: startFreshDatabase() is the way out.
    Q_PROPERTY(bool databaseDamaged READ databaseDamaged NOTIFY databaseErrorChanged)
    Q_PROPERTY(QString version READ version CONSTANT)

public:
    explicit App(const AppOptions& options, QObject* parent = nullptr);
    ~App() override;
    /// For the QML engine; main's instance, which it does not own.
    static App* create(QQmlEngine* qml, QJSEngine* js);

    [[nodiscard]] ChatListModel* chats() { return &m_chats; }
    [[nodiscard]] ChatController* chat() { return m_chat; }
    [[nodiscard]] ModelLibrary* models() { return &m_models; }
    [[nodiscard]] EngineController* engine() { return &m_engine; }
    [[nodiscard]] Hardware* hardware() { return &m_hardware; }
    [[nodiscard]] Diagnosis* diagnosis() { return &m_diagnosis; }
    [[nodiscard]] Settings* settings() { return &m_settings; }
    [[nodiscard]] bool firstStart() const { return m_settings.lastModel().isEmpty(); }
    [[nodiscard]] QString databaseError() const { return m_problem.text; }
    [[nodiscard]] QString databaseRemedy() const { return m_problem.remedy; }
    [[nodiscard]] bool databaseDamaged() const { return m_problem.kind == StoreProblem::Damaged; }
    [[nodiscard]] QString version() const;

    /// With the person's consent: moves the damaged file aside, keeps it, and begins a new one.
    Q_INVOKABLE void startFreshDatabase();
    /// Tries what waits in memory again at once.
    Q_INVOKABLE void retryDatabase();
    /// Files dropped on the window, or chosen: adds models to the library.
    Q_INVOKABLE void openFiles(const QList<QUrl>& urls);

signals:
    void chatChanged();
    void firstStartChanged();
    void databaseErrorChanged();
    /// Files given on the command line: to be treated like dropped ones.
    void filesOffered(const QList<QUrl>& urls);
    /// Something to tell in passing. kind: "info", "warning" or "error"; remedy may be empty.
    void notice(const QString& kind, const QString& text, const QString& remedy);

private:
    void showCurrentChat();
    [[nodiscard]] ChatController* makeChat(qint64 chatId);
    void reopenLastChat();
    void closeIdleChats();
    void closeChat(qint64 chatId);
    void onModelLoaded(const QString& path);
    void onProblem(const StoreProblem& problem);

    Settings m_settings;
    Worker m_worker{QStringLiteral("background")};
    Store m_store;
    InferenceThread m_inference;
    EngineController m_engine;
    ModelLibrary m_models;
    Hardware m_hardware;
    Diagnosis m_diagnosis;
    ChatListModel m_chats;
    QHash<qint64, ChatController*> m_open;
    ChatController* m_chat = nullptr;
    StoreProblem m_problem;
};
