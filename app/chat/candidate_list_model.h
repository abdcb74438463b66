// What the last token of an answer was drawn from: the bars of a chart.
#pragma once

#include "inference/generation.h"

#include <QtCore/QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <optional>

/// The most probable tokens, best first. Roles: text, probability (0 … 1), kept (the sampling settings
/// leave it), drawn (it is the one). GUI thread.
class CandidateListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.chat.candidates")
    Q_PROPERTY(int count READ count NOTIFY countChanged)
    /// Of the first row; 0 without rows.
    Q_PROPERTY(double bestProbability READ bestProbability NOTIFY shown)
    Q_PROPERTY(int keptCount READ keptCount NOTIFY shown)
    /// Someone looks: answers that begin now tell their candidates.
    Q_PROPERTY(bool active READ active WRITE setActive NOTIFY activeChanged)

public:
    enum Role { TextRole = Qt::UserRole + 1, ProbabilityRole, KeptRole, DrawnRole };

    using QAbstractListModel::QAbstractListModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;
    [[nodiscard]] int count() const { return rowCount(); }
    [[nodiscard]] double bestProbability() const;
    [[nodiscard]] int keptCount() const;
    [[nodiscard]] bool active() const { return m_active; }
    void setActive(bool active);

    /// The next tokens are drawn as the settings say now; those shown are of another answer.
    void beginAnswer();
    void show(const LastToken& token);
    /// Shows what these would keep, until another answer begins.
    void preview(const rocmforge::SamplingParameters& parameters);

signals:
    void countChanged();
    void activeChanged();
    void shown();

private:
    void markAndTell();

    LastToken m_token;
    std::optional<rocmforge::SamplingParameters> m_preview;
    bool m_active = false;
};
