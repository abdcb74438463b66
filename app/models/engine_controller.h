// The loaded model as the window sees it: which, how far, with what, or why not.
#pragma once

#include "inference/inference_thread.h"

#include <QtCore/QElapsedTimer>
#include <QtCore/QObject>
#include <QtCore/QVariantList>
#include <QtQml/qqmlregistration.h>

#include <optional>

class Settings;

/// GUI thread; loading happens on the inference thread.
class EngineController : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("App.engine")
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(bool ready READ ready NOTIFY stateChanged)
    /// 0 … 1 while Loading.
    Q_PROPERTY(double progress READ progress NOTIFY progressChanged)
    /// "2.1 of 4.9 GB, 3 s left" while Loading.
    Q_PROPERTY(QString progressText READ progressText NOTIFY progressChanged)
    /// Of the model that is loaded, loading or failed to load; empty otherwise.
    Q_PROPERTY(QString modelPath READ modelPath NOTIFY stateChanged)
    Q_PROPERTY(QString modelName READ modelName NOTIFY stateChanged)
    /// "Q8_0 · 9.6 MB · CPU AVX-512, 2 threads" when Ready.
    Q_PROPERTY(QString badge READ badge NOTIFY stateChanged)
    Q_PROPERTY(QString quantization READ quantization NOTIFY stateChanged)
    Q_PROPERTY(QString backend READ backend NOTIFY stateChanged)
    /// Whether a GPU computes the loaded model, or some of its layers.
    Q_PROPERTY(bool onGpu READ onGpu NOTIFY stateChanged)
    /// Tokens of context per chat; 0 unless Ready.
    Q_PROPERTY(int contextSize READ contextSize NOTIFY stateChanged)
    /// Rows {label, value} about the loaded model; empty unless Ready.
    Q_PROPERTY(QVariantList facts READ facts NOTIFY stateChanged)
    Q_PROPERTY(QString errorText READ errorText NOTIFY stateChanged)
    Q_PROPERTY(QString errorRemedy READ errorRemedy NOTIFY stateChanged)

public:
    enum State { NoModel, Loading, Ready, Failed };
    Q_ENUM(State)

    /// Both outlive this.
    EngineController(InferenceThread& inference, Settings& settings, QObject* parent = nullptr);

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool ready() const { return m_state == Ready; }
    [[nodiscard]] double progress() const { return m_progress; }
    [[nodiscard]] QString progressText() const;
    [[nodiscard]] QString modelPath() const { return m_path; }
    [[nodiscard]] QString modelName() const;
    [[nodiscard]] QString badge() const;
    [[nodiscard]] QString quantization() const { return QString::fromStdString(m_model.info.quantization); }
    [[nodiscard]] QString backend() const { return m_model.backend; }
    [[nodiscard]] int contextSize() const { return m_model.contextSize; }
    /// The GPU that the loaded model runs on, as it was asked for (LoadOptions::gpu); empty = on none.
    [[nodiscard]] std::optional<QString> computingGpu() const;
    [[nodiscard]] bool onGpu() const { return computingGpu().has_value(); }
    [[nodiscard]] QVariantList facts() const;
    [[nodiscard]] QString errorText() const { return m_errorText; }
    [[nodiscard]] QString errorRemedy() const { return m_errorRemedy; }

    /// Replaces the loaded model; running answers end. A local path or a file: URL.
    Q_INVOKABLE void load(const QString& pathOrUrl);
    /// Loads a model of unknown architecture as if it were of this one, now and from now on.
    Q_INVOKABLE void tryAs(const QString& architecture, const QString& path);
    Q_INVOKABLE void cancelLoad();
    Q_INVOKABLE void unload();
    /// Ember, the model that comes with the application.
    Q_INVOKABLE void loadDemo();

signals:
    void stateChanged();
    void progressChanged();
    void loaded(const QString& path);
    void loadFailed(const QString& text, const QString& remedy);

private:
    void begin(const QString& path);
    void onLoadProgress(quint64 ticket, double progress);
    void onLoadFinished(quint64 ticket, const LoadOutcome& outcome);
    void fail(const QString& text, const QString& remedy);
    void setState(State state);

    InferenceThread& m_inference;
    Settings& m_settings;
    State m_state = NoModel;
    quint64 m_ticket = 0; ///< of the load that runs; 0 = none
    double m_progress = 0;
    QElapsedTimer m_sinceStart;
    QString m_path;
    LoadedModel m_model; ///< empty unless Ready
    QString m_gpu; ///< asked for with the last load
    QString m_errorText;
    QString m_errorRemedy;
};
