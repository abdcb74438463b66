// An application over a scripted engine in a directory of its own.
#pragma once

#include "app.h"
#include "inference/scripted_engine.h"

#include <QtTest>

#include <memory>

namespace rocmforge::test {

/// Long enough for sanitizers on a loaded machine; waiting ends as soon as the condition holds.
constexpr int patienceMs = 20'000;

#define WAIT_FOR(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, rocmforge::test::patienceMs)
#define WAIT_FOR_EQUAL(actual, expected)                                                                     \
    QTRY_COMPARE_WITH_TIMEOUT(actual, expected, rocmforge::test::patienceMs)

class TestApp {
public:
    explicit TestApp(ScriptedEngine::Options script = {std::chrono::milliseconds(1), 8192})
        : m_script(script)
    {
        QFile model(modelPath());
        if (model.open(QIODevice::WriteOnly))
            model.write("scripted");
        start();
    }

    /// As after quitting and starting the application again.
    void restart()
    {
        m_app.reset();
        start();
    }

    /// A model that can answer is loaded.
    void loadModel()
    {
        m_app->engine()->load(modelPath());
        WAIT_FOR(m_app->engine()->ready());
    }

    App* operator->() const { return m_app.get(); }
    ChatController& chat() const { return *m_app->chat(); }
    ChatListModel& chats() const { return *m_app->chats(); }
    [[nodiscard]] QString directory() const { return m_directory.path(); }
    [[nodiscard]] QString modelPath() const { return m_directory.filePath(QStringLiteral("model.gguf")); }

    /// Those of the last load that has ended.
    [[nodiscard]] const rocmforge::LoadOptions& loadOptions() const { return m_loadOptions; }

    /// A message's role by its name in QML.
    QVariant role(int row, const char* name) const
    {
        const MessageListModel& messages = *chat().messages();
        return messages.data(messages.index(row), messages.roleNames().key(name));
    }
    [[nodiscard]] QString text(int row) const { return role(row, "plainText").toString(); }
    [[nodiscard]] qint64 id(int row) const { return role(row, "messageId").toLongLong(); }
    [[nodiscard]] int count() const { return chat().messages()->count(); }

    /// Sends and waits for the whole answer.
    void ask(const QString& question)
    {
        WAIT_FOR(chat().loaded());
        chat().send(question);
        WAIT_FOR(!chat().busy());
    }

private:
    void start()
    {
        AppOptions options;
        options.dataDirectory = m_directory.path();
        options.loadEngine = [this](const auto& path, const auto& load) {
            m_loadOptions = load;
            return ScriptedEngine::load(path, load, m_script);
        };
        m_app = std::make_unique<App>(options);
        WAIT_FOR(chats().loaded());
    }

    QTemporaryDir m_directory;
    ScriptedEngine::Options m_script;
    rocmforge::LoadOptions m_loadOptions; ///< written by the inference thread
    std::unique_ptr<App> m_app;
};

} // namespace rocmforge::test
