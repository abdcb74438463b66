// One chat: its messages, what is being typed, and the answer being generated.
#pragma once

#include "chat/candidate_list_model.h"
#include "chat/message_list_model.h"
#include "chat/message_tree.h"
#include "chat/sampling_settings.h"
#include "inference/inference_thread.h"
#include "store/records.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QTimer>
#include <QtQml/qqmlregistration.h>

class ChatListModel;
class EngineController;
class Settings;
class Store;

/// What every chat works with; all outlive the chats.
struct ChatServices {
    Store& store;
    ChatListModel& chats;
    EngineController& engine;
    InferenceThread& inference;
    const Settings& settings;
};

/// GUI thread. Never waits: the prompt is handed to the store before the engine gets it, the
/// growing answer once a second.
class ChatController : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.chat")
    Q_PROPERTY(qint64 chatId READ chatId CONSTANT)
    /// Empty until the first message.
    Q_PROPERTY(QString title READ title NOTIFY titleChanged)
    /// False until the store has delivered the messages.
    Q_PROPERTY(bool loaded READ loaded NOTIFY loadedChanged)
    Q_PROPERTY(MessageListModel* messages READ messages CONSTANT)
    Q_PROPERTY(SamplingSettings* sampling READ sampling CONSTANT)
    /// For the last token of the running or the last answer.
    Q_PROPERTY(CandidateListModel* candidates READ candidates CONSTANT)
    /// Instructions before the conversation; belongs to the chat.
    Q_PROPERTY(QString systemPrompt READ systemPrompt WRITE setSystemPrompt NOTIFY systemPromptChanged)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    /// An answer is being made: state is not Idle.
    Q_PROPERTY(bool busy READ busy NOTIFY stateChanged)
    /// 0 … 1 of the prompt, while state is Prefill.
    Q_PROPERTY(double prefillProgress READ prefillProgress NOTIFY progressChanged)
    /// Tokens per second of the running or the last answer; 0 = none yet.
    Q_PROPERTY(double tokensPerSecond READ tokensPerSecond NOTIFY progressChanged)
    Q_PROPERTY(int contextUsed READ contextUsed NOTIFY progressChanged)
    /// Tokens; 0 while no model is loaded.
    Q_PROPERTY(int contextSize READ contextSize NOTIFY contextSizeChanged)
    /// One line for the composer's foot: "Reading the prompt… 40 %", "43.1 tok/s", …
    Q_PROPERTY(QString statusText READ statusText NOTIFY statusTextChanged)
    /// What is typed in the composer; survives a restart.
    Q_PROPERTY(QString draft READ draft WRITE setDraft NOTIFY draftChanged)
    /// The draft counted with the model's tokenizer, a moment after the last key; 0 = unknown.
    Q_PROPERTY(int draftTokens READ draftTokens NOTIFY draftTokensChanged)
    /// There is a draft, no answer is running, and a model is ready or loading.
    Q_PROPERTY(bool canSend READ canSend NOTIFY canSendChanged)

public:
    enum State { Idle, LoadingModel, Prefill, Generating };
    Q_ENUM(State)

    /// `isNew`: the store does not know it.
    ChatController(const ChatRecord& chat, bool isNew, ChatServices services, QObject* parent = nullptr);
    ~ChatController() override;

    [[nodiscard]] qint64 chatId() const { return m_chat.id; }
    [[nodiscard]] QString title() const { return m_chat.title; }
    [[nodiscard]] bool loaded() const { return m_loaded; }
    [[nodiscard]] MessageListModel* messages() { return &m_messages; }
    [[nodiscard]] SamplingSettings* sampling() { return &m_sampling; }
    [[nodiscard]] CandidateListModel* candidates() { return &m_candidates; }
    [[nodiscard]] QString systemPrompt() const { return m_chat.systemPrompt; }
    void setSystemPrompt(const QString& text);
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool busy() const { return m_state != Idle; }
    [[nodiscard]] double prefillProgress() const { return m_prefillProgress; }
    [[nodiscard]] double tokensPerSecond() const { return m_tokensPerSecond; }
    [[nodiscard]] int contextUsed() const { return m_contextUsed; }
    [[nodiscard]] int contextSize() const;
    [[nodiscard]] QString statusText() const;
    [[nodiscard]] QString draft() const { return m_chat.draft; }
    void setDraft(const QString& text);
    [[nodiscard]] int draftTokens() const { return m_draftTokens; }
    [[nodiscard]] bool canSend() const;

    /// Adds the message, clears the draft, answers. Does nothing for blank text or while busy.
    Q_INVOKABLE void send(const QString& text);
    /// Ends the running answer; what is there stays.
    Q_INVOKABLE void stop();
    /// Another answer beside this one; of a user message: another answer to it.
    Q_INVOKABLE void regenerate(qint64 messageId);
    /// A branch with the new text beside the old; a user's message is answered anew.
    Q_INVOKABLE void editMessage(qint64 messageId, const QString& text);
    /// Shows the alternative with that 0-based index.
    Q_INVOKABLE void selectBranch(qint64 messageId, int index);
    /// Removes the message and what follows it; its other branches stay.
    Q_INVOKABLE void deleteMessage(qint64 messageId);
    /// Lets the model write on at the end of the answer.
    Q_INVOKABLE void continueAnswer(qint64 messageId);
    /// To the clipboard, as Markdown, without the thinking.
    Q_INVOKABLE void copyMessage(qint64 messageId);
    Q_INVOKABLE void copyLastAnswer();
    Q_INVOKABLE void copyText(const QString& text);

signals:
    void titleChanged();
    void loadedChanged();
    void systemPromptChanged();
    void stateChanged();
    void progressChanged();
    void contextSizeChanged();
    void statusTextChanged();
    void draftChanged();
    void draftTokensChanged();
    void canSendChanged();
    /// An answer is complete: for accessibility announcements.
    void answerFinished(qint64 messageId);

private:
    void onMessagesLoaded(qint64 chatId, const QList<MessageRecord>& messages);
    void onChatChanged(qint64 chatId);
    void onEngineChanged();
    void onUpdate(const GenerationUpdate& update);
    void onTokensCounted(quint64 ticket, int tokens);

    qint64 addMessage(qint64 parentId, const QString& role, const QString& text);
    void showBranch();
    /// The parent's choice of its active child goes to the store.
    void saveChoice(qint64 parentId);
    void saveMessage(qint64 id);
    void saveChat();
    void touch(const QString& preview);

    void answer(qint64 parentId);
    /// Generates into the message once the model is ready and what is typed is on the disk.
    void beginAnswer(qint64 messageId);
    void submitWhenWritten();
    void submit();
    [[nodiscard]] GenerationRequest makeRequest() const;
    void addText(const GenerationUpdate& update);
    void endAnswer();
    void failAnswer(const QString& text, const QString& remedy);
    void setState(State state);
    void countDraft();
    void measureContext();
    [[nodiscard]] bool canAnswer() const;

    ChatRecord m_chat;
    ChatServices m_services;
    MessageTree m_tree;
    MessageListModel m_messages;
    SamplingSettings m_sampling;
    CandidateListModel m_candidates;
    bool m_loaded = false;

    State m_state = Idle;
    qint64 m_answerId = 0; ///< message being written; 0 = none
    quint64 m_ticket = 0; ///< of its generation; 0 = not submitted
    QElapsedTimer m_sinceText; ///< since the first word, thinking included
    QTimer m_answerSaver;
    double m_prefillProgress = 0;
    double m_tokensPerSecond = 0;
    int m_contextUsed = 0;

    QTimer m_chatSaver;
    QTimer m_draftCounter;
    quint64 m_countTicket = 0;
    int m_draftTokens = 0;
};
