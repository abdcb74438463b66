#include "models/engine_controller.h"

#include "format.h"
#include "models/demo_model.h"
#include "models/local_path.h"
#include "models/model_facts.h"
#include "settings/settings.h"

#include <QtCore/QFileInfo>

namespace {

/// `device` as in Settings::computeDevice.
void chooseDevice(rocmforge::LoadOptions& options, const QString& device)
{
    using rocmforge::ComputeDevice;
    if (device.isEmpty()) {
        options.device = ComputeDevice::automatic;
    } else if (device == QLatin1String("cpu")) {
        options.device = ComputeDevice::cpu;
    } else {
        options.device = ComputeDevice::gpu;
        options.gpu = device.toStdString();
    }
}

} // namespace

EngineController::EngineController(InferenceThread& inference, Settings& settings, QObject* parent)
    : QObject(parent)
    , m_inference(inference)
    , m_settings(settings)
{
    connect(&inference, &InferenceThread::loadProgress, this, &EngineController::onLoadProgress);
    connect(&inference, &InferenceThread::loadFinished, this, &EngineController::onLoadFinished);
}

QString EngineController::progressText() const
{
    // Before a tenth is done the remaining time would jump about.
    constexpr double enough = 0.1;
    const double total = double(QFileInfo(m_path).size());
    QString amount = tr("%1 of %2").arg(bytesText(m_progress * total), bytesText(total));
    if (m_progress < enough)
        return amount;
    const double elapsed = double(m_sinceStart.elapsed()) / 1000;
    return tr("%1, %2 left").arg(amount, durationText(elapsed / m_progress - elapsed));
}

QString EngineController::modelName() const
{
    return m_state == Ready ? QString::fromStdString(m_model.info.name)
                            : QFileInfo(m_path).completeBaseName();
}

QString EngineController::badge() const
{
    if (m_state != Ready)
        return {};
    return QStringLiteral("%1 · %2 · %3")
        .arg(quantization(), bytesText(double(m_model.info.file_bytes)), backend());
}

QVariantList EngineController::facts() const
{
    if (m_state != Ready)
        return {};
    return modelFacts(m_model.info) + memoryFacts(m_model.plan) + noteFacts(m_model.info);
}

std::optional<QString> EngineController::computingGpu() const
{
    const bool onGpu = m_state == Ready && backend().startsWith(QLatin1String("GPU"));
    return onGpu ? std::optional(m_gpu) : std::nullopt;
}

void EngineController::load(const QString& pathOrUrl)
{
    const QString path = localPath(pathOrUrl);
    if (m_state == Loading && path == m_path)
        return;
    begin(path);
}

void EngineController::tryAs(const QString& architecture, const QString& path)
{
    QVariantMap tried = m_settings.triedArchitectures();
    tried.insert(path, architecture);
    m_settings.setProperty("triedArchitectures", tried);
    load(path);
}

void EngineController::begin(const QString& path)
{
    rocmforge::LoadOptions options;
    options.n_threads = m_settings.threads();
    options.n_ctx = m_settings.contextLength();
    if (m_settings.kvCache() == QLatin1String("q8_0"))
        options.kv_type = rocmforge::KvType::q8_0;
    options.architecture = m_settings.triedArchitectures().value(path).toString().toStdString();
    chooseDevice(options, m_settings.computeDevice());
    m_gpu = QString::fromStdString(options.gpu);
    m_path = path;
    m_model = {};
    m_errorText.clear();
    m_errorRemedy.clear();
    m_progress = 0;
    m_sinceStart.start();
    m_ticket = m_inference.load(path, options);
    setState(Loading);
    emit progressChanged();
}

void EngineController::cancelLoad()
{
    if (m_state == Loading)
        m_inference.cancelLoad();
}

void EngineController::unload()
{
    m_inference.unload();
    m_ticket = 0;
    m_path.clear();
    m_model = {};
    setState(NoModel);
}

void EngineController::loadDemo()
{
    const QString path = findDemoModel();
    if (!path.isEmpty())
        load(path);
    else
        fail(tr("Ember, the demo model, is missing from this installation."),
             tr("Install ROCmForge again, or choose a GGUF file."));
}

void EngineController::onLoadProgress(quint64 ticket, double progress)
{
    if (ticket != m_ticket)
        return;
    m_progress = progress;
    emit progressChanged();
}

void EngineController::onLoadFinished(quint64 ticket, const LoadOutcome& outcome)
{
    if (ticket != m_ticket)
        return;
    m_ticket = 0;
    switch (outcome.kind) {
    case LoadOutcome::Loaded:
        m_model = outcome.model;
        m_settings.setProperty("lastModel", m_path);
        setState(Ready);
        emit loaded(m_path);
        break;
    case LoadOutcome::Failed:
        fail(outcome.errorText, outcome.errorRemedy);
        break;
    case LoadOutcome::Cancelled:
        m_path.clear();
        setState(NoModel);
        break;
    }
}

void EngineController::fail(const QString& text, const QString& remedy)
{
    m_errorText = text;
    m_errorRemedy = remedy;
    setState(Failed);
    emit loadFailed(text, remedy);
}

void EngineController::setState(State state)
{
    m_state = state;
    emit stateChanged();
}
