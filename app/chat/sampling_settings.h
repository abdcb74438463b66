// How the answers of one chat are sampled: the chat's own choices over the application's defaults.
#pragma once

#include <rocmforge/sampling.h>

#include <QtCore/QJsonObject>
#include <QtCore/QObject>
#include <QtQml/qqmlregistration.h>

class Settings;

/// GUI thread. Every property writes `changed`; what equals the default is not stored in the chat.
class SamplingSettings : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.chat.sampling")
    /// 0 … 2; 0 = always the most probable token.
    Q_PROPERTY(double temperature MEMBER m_temperature NOTIFY changed)
    /// Keeps the k most probable tokens; 0 = all.
    Q_PROPERTY(int topK MEMBER m_topK NOTIFY changed)
    /// 0 … 1: keeps the smallest set with this much probability; 1 = all.
    Q_PROPERTY(double topP MEMBER m_topP NOTIFY changed)
    /// 0 … 1: drops what is less probable than minP times the best; 0 = nothing.
    Q_PROPERTY(double minP MEMBER m_minP NOTIFY changed)
    /// 1 … 2: makes recent tokens less likely; 1 = off.
    Q_PROPERTY(double repetitionPenalty MEMBER m_repetitionPenalty NOTIFY changed)
    /// Same seed, same text; -1 = drawn at random for every answer.
    Q_PROPERTY(qint64 seed MEMBER m_seed NOTIFY changed)
    /// Longest answer in tokens; 0 = until the model stops.
    Q_PROPERTY(int maxTokens MEMBER m_maxTokens NOTIFY changed)

public:
    /// `defaults` outlives this.
    explicit SamplingSettings(const Settings& defaults, QObject* parent = nullptr);

    /// By property name: "topK".
    [[nodiscard]] Q_INVOKABLE QVariant defaultOf(const QString& name) const;
    [[nodiscard]] Q_INVOKABLE bool isDefault(const QString& name) const;
    Q_INVOKABLE void reset(const QString& name);

    [[nodiscard]] rocmforge::SamplingParameters parameters() const;
    [[nodiscard]] int maxTokens() const { return m_maxTokens; }
    /// Only what differs from the defaults.
    [[nodiscard]] QJsonObject toJson() const;
    void fromJson(const QJsonObject& json);

signals:
    void changed();

private:
    const Settings& m_defaults;
    double m_temperature = 0;
    int m_topK = 0;
    double m_topP = 0;
    double m_minP = 0;
    double m_repetitionPenalty = 0;
    qint64 m_seed = 0;
    int m_maxTokens = 0;
};
