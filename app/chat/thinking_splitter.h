// Tells a model's thinking from its answer while the text arrives.
#pragma once

#include <QtCore/QString>

/// Thinking is what stands between <think> and </think> at the beginning; a tag may come in pieces.
class ThinkingSplitter {
public:
    struct Parts {
        QString thinking; ///< more of it
        QString answer; ///< more of it
    };

    Parts append(const QString& text);
    /// What was held back because a tag might have begun.
    Parts finish();

    [[nodiscard]] bool isThinking() const { return m_phase == Phase::Thinking; }

private:
    enum class Phase { Beginning, Thinking, AfterThinking, Answer };

    void takeBeginning();
    void takeThinking(Parts& parts);
    void skipBlankLines();

    Phase m_phase = Phase::Beginning;
    QString m_held;
};

/// The answer alone, as Markdown.
[[nodiscard]] QString withoutThinking(const QString& text);
