// What a person chose for the whole application. One line per setting; kept in settings.ini of the
// data directory. GUI thread.
#pragma once

#include <QtCore/QObject>
#include <QtCore/QSettings>
#include <QtCore/QStringList>
#include <QtCore/QVariantMap>
#include <QtQml/qqmlregistration.h>

/// A persistent property: type, name, value at the first start.
#define SETTING(type, name, fallback)                                                                        \
    Q_PROPERTY(type name MEMBER m_##name NOTIFY changed)                                                     \
public:                                                                                                      \
    [[nodiscard]] type name() const                                                                          \
    {                                                                                                        \
        return m_##name;                                                                                     \
    }                                                                                                        \
                                                                                                             \
private:                                                                                                     \
    type m_##name = fallback;

class Settings : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.settings")

    SETTING(QString, theme, QStringLiteral("system")) ///< "system", "light" or "dark"
    SETTING(bool, enterSends, true) ///< Enter sends and Shift+Enter breaks the line; else swapped
    SETTING(double, fontScale, 1.0) ///< 0.8 … 2
    SETTING(bool, sidebarOpen, true)
    SETTING(bool, inspectorOpen, true)
    SETTING(bool, reduceMotion, false)
    SETTING(QString, lastModel, QString()) ///< path loaded last; loaded again at the next start
    SETTING(qint64, lastChat, 0) ///< id of the chat shown last
    SETTING(QStringList, models, QStringList()) ///< paths of the library, in order
    /// Path of a model whose architecture is unknown → the one it is loaded as.
    SETTING(QVariantMap, triedArchitectures, QVariantMap())
    SETTING(QString, systemPrompt, QString()) ///< of new chats
    SETTING(int, contextLength, 0) ///< tokens; 0 = the model's own, at most 8192
    SETTING(QString, kvCache, QStringLiteral("f16")) ///< "f16" or "q8_0"
    SETTING(int, threads, 0) ///< 0 = one per physical core
    SETTING(QString, computeDevice, QString()) ///< "" = automatic, "cpu", or a GPU as in LoadOptions::gpu
    // Sampling of chats that do not choose themselves; see SamplingSettings for the meaning.
    SETTING(double, temperature, 0.8)
    SETTING(int, topK, 40)
    SETTING(double, topP, 0.95)
    SETTING(double, minP, 0.05)
    SETTING(double, repetitionPenalty, 1.0)
    SETTING(qint64, seed, -1)
    SETTING(int, maxTokens, 0)

public:
    /// Reads the file; a missing or unreadable one gives the defaults.
    explicit Settings(const QString& file, QObject* parent = nullptr);
    ~Settings() override;

    /// The value of the setting at the first start.
    [[nodiscard]] Q_INVOKABLE QVariant defaultOf(const QString& name) const;
    Q_INVOKABLE void reset(const QString& name);

signals:
    void changed();

private:
    void load();
    void save();

    QSettings m_file;
    QVariantMap m_defaults;
};

#undef SETTING
