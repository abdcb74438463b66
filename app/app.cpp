#include "app.h"

#include "doctor/self_test_file.h"
#include "logging.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QPointer>
#include <QtQml/QQmlEngine>

namespace {

/// Idle chats that stay open behind the current one, so that going back and forth is instant.
constexpr qsizetype mostIdleChats = 8;

QPointer<App> theApp;

std::filesystem::path pathOf(const AppOptions& options)
{
    return QFile::encodeName(options.dataDirectory).toStdString();
}

InferenceThread::EngineLoader testedLoader(const AppOptions& options)
{
    return [file = SelfTestFile(pathOf(options))](const std::filesystem::path& model,
                                                  const rocmforge::LoadOptions& load) {
        return file.load(model, load);
    };
}

} // namespace

App::App(const AppOptions& options, QObject* parent)
    : QObject(parent)
    , m_settings(QDir(options.dataDirectory).filePath(QStringLiteral("settings.ini")))
    , m_store(QDir(options.dataDirectory).filePath(QStringLiteral("chats.db")))
    , m_inference(options.loadEngine ? options.loadEngine : testedLoader(options))
    , m_engine(m_inference, m_settings)
    , m_models(m_settings, m_worker)
    , m_hardware(m_worker, options.systemRoot)
    , m_diagnosis(m_worker, pathOf(options))
    , m_chats(m_store)
{
    theApp = this;
    connect(&m_store, &Store::problemChanged, this, &App::onProblem);
    connect(&m_store, &Store::movedAside, this, [this](const QString& file) {
        emit notice(QStringLiteral("info"), tr("The damaged chats are kept in %1.").arg(file), {});
    });
    connect(&m_chats, &ChatListModel::currentChatIdChanged, this, &App::showCurrentChat);
    connect(&m_chats, &ChatListModel::loadedChanged, this, &App::reopenLastChat);
    connect(&m_chats, &ChatListModel::trashed, this, &App::closeChat);
    connect(&m_engine, &EngineController::loaded, this, &App::onModelLoaded);
    connect(&m_engine, &EngineController::stateChanged, this,
            [this] { m_hardware.setComputingGpu(m_engine.computingGpu()); });
    connect(&m_settings, &Settings::changed, this, &App::firstStartChanged);
    showCurrentChat();
    if (options.loadLastModel && !m_settings.lastModel().isEmpty())
        m_engine.load(m_settings.lastModel());
}

App::~App()
{
    qDeleteAll(m_open); // while what they write to still is
}

App* App::create(QQmlEngine*, QJSEngine*)
{
    QQmlEngine::setObjectOwnership(theApp, QQmlEngine::CppOwnership);
    return theApp;
}

QString App::version() const
{
    return QCoreApplication::applicationVersion();
}

void App::startFreshDatabase()
{
    m_store.startFresh();
}

void App::retryDatabase()
{
    m_store.retry();
}

void App::openFiles(const QList<QUrl>& urls)
{
    m_models.add(urls);
}

void App::showCurrentChat()
{
    const qint64 chatId = m_chats.currentChatId();
    ChatController*& chat = m_open[chatId];
    if (!chat)
        chat = makeChat(chatId);
    if (chat == m_chat)
        return;
    m_chat = chat;
    if (m_chats.loaded()) // until then it is the chat to be opened again
        m_settings.setProperty("lastChat", chatId);
    closeIdleChats();
    emit chatChanged();
}

ChatController* App::makeChat(qint64 chatId)
{
    const ChatServices services{m_store, m_chats, m_engine, m_inference, m_settings};
    const ChatRecord* known = m_chats.find(chatId);
    ChatRecord chat;
    if (known) {
        chat = *known;
    } else {
        chat.id = chatId;
        chat.createdAt = chat.updatedAt = QDateTime::currentDateTime();
        chat.systemPrompt = m_settings.systemPrompt();
    }
    auto* controller = new ChatController(chat, known == nullptr, services, this);
    QQmlEngine::setObjectOwnership(controller, QQmlEngine::CppOwnership);
    return controller;
}

void App::reopenLastChat()
{
    const bool isUntouched = m_chat->draft().isEmpty() && m_chat->messages()->count() == 0;
    if (isUntouched)
        m_chats.open(m_settings.lastChat());
    m_settings.setProperty("lastChat", m_chat->chatId());
}

void App::closeIdleChats()
{
    QList<qint64> idle;
    for (const ChatController* chat : std::as_const(m_open)) {
        if (chat != m_chat && !chat->busy())
            idle.append(chat->chatId());
    }
    while (idle.size() > mostIdleChats)
        closeChat(idle.takeFirst());
}

void App::closeChat(qint64 chatId)
{
    ChatController* chat = m_open.take(chatId);
    if (!chat)
        return;
    chat->stop();
    chat->deleteLater(); // the window shows it until the next one is open
}

void App::onModelLoaded(const QString& path)
{
    m_models.add({QUrl::fromLocalFile(path)});
}

void App::onProblem(const StoreProblem& problem)
{
    m_problem = problem;
    emit databaseErrorChanged();
}
