#include "models/fact_sheet.h"

#include "format.h"
#include "models/model_facts.h"

#include <QtCore/QFile>
#include <QtCore/QFileInfo>

using rocmforge::ErrorKind;
using rocmforge::ModelInfo;
using rocmforge::Result;

FactSheet::FactSheet(QString path, QObject* parent)
    : QObject(parent)
    , m_path(std::move(path))
    , m_title(QFileInfo(m_path).fileName())
{
}

Result<ModelInfo> FactSheet::read(const QString& path, const QString& architecture)
{
    const QFileInfo file(path);
    if (!file.exists())
        return rocmforge::fail(ErrorKind::not_found, tr("There is no file %1.").arg(path).toStdString(),
                               tr("It may have been moved or deleted; choose it again.").toStdString());
    if (file.isDir())
        return rocmforge::fail(ErrorKind::unreadable, tr("%1 is a folder.").arg(path).toStdString(),
                               tr("Choose a GGUF file in it.").toStdString());
    return rocmforge::inspect(std::filesystem::path(QFile::encodeName(path).toStdString()),
                              architecture.toStdString());
}

void FactSheet::fill(const Result<ModelInfo>& info, qint64 availableBytes)
{
    m_ready = true;
    m_valid = info.has_value();
    if (info) {
        m_title = QString::fromStdString(info->name);
        m_rows = modelFacts(*info);
        m_quantization = QString::fromStdString(info->quantization);
        m_sizeText = bytesText(double(info->file_bytes));
        m_error = QString::fromStdString(info->unsupported);
        m_canTryAs = QString::fromStdString(info->can_try_as);
        if (!m_canTryAs.isEmpty())
            m_remedy = tr("Its tensors are those of %1. You can try it as that: the answers show whether "
                          "it is.")
                           .arg(m_canTryAs);
        for (const std::string& warning : info->warnings)
            m_warnings.append(QString::fromStdString(warning));
        if (!info->memory.empty())
            fillFit(*info, availableBytes);
    } else {
        m_error = QString::fromStdString(info.error().message);
        m_remedy = QString::fromStdString(info.error().remedy);
    }
    emit readyChanged();
}

void FactSheet::fillFit(const ModelInfo& info, qint64 availableBytes)
{
    const rocmforge::MemoryPlan plan = memoryPlan(info, usualContextLength(info));
    m_fits = plan.total() <= availableBytes;
    const QString need = tr("Needs %1 with %2 tokens of context: weights %3, KV cache %4.")
                             .arg(bytesText(double(plan.total())), countText(plan.n_ctx),
                                  bytesText(double(plan.weights)), bytesText(double(plan.kv_cache)));
    const QString free = m_fits ? tr("It fits: %1 of memory are free.") : tr("Only %1 of memory are free.");
    m_fitText = need + QLatin1Char(' ') + free.arg(bytesText(double(availableBytes)));
}
