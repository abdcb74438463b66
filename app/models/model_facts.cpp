#include "models/model_facts.h"

#include "format.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QStringList>
#include <QtCore/QVariantMap>

#include <algorithm>

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ModelFacts", text);
}

class Facts {
public:
    void add(const char* label, const QString& value)
    {
        if (!value.isEmpty())
            m_rows.append(
                QVariantMap{{QStringLiteral("label"), tr(label)}, {QStringLiteral("value"), value}});
    }
    void add(const char* label, const std::string& value) { add(label, QString::fromStdString(value)); }
    void add(const char* label, int64_t count) { add(label, count > 0 ? countText(count) : QString()); }

    [[nodiscard]] QVariantList take() { return std::move(m_rows); }

private:
    QVariantList m_rows;
};

QString parameterLine(const rocmforge::ModelInfo& info)
{
    if (info.n_parameters == 0)
        return {};
    if (info.n_active_parameters == info.n_parameters || info.n_active_parameters == 0)
        return parametersText(info.n_parameters);
    return tr("%1, %2 active per token")
        .arg(parametersText(info.n_parameters), parametersText(info.n_active_parameters));
}

QString formatLine(const rocmforge::ModelInfo& info)
{
    QStringList shares;
    for (const rocmforge::FormatShare& share : info.formats)
        shares.append(
            QStringLiteral("%1 × %2").arg(share.n_tensors).arg(QString::fromStdString(share.format)));
    return shares.join(QLatin1String(", "));
}

QString shardLine(const rocmforge::ModelInfo& info)
{
    if (info.shards.size() < 2)
        return {};
    const auto present = std::count_if(info.shards.begin(), info.shards.end(),
                                       [](const rocmforge::Shard& shard) { return shard.present; });
    return tr("%1 of %2 present").arg(present).arg(info.shards.size());
}

QString headLine(const rocmforge::ModelInfo& info)
{
    if (info.n_heads == 0)
        return {};
    return tr("%1 heads of %2, %3 for keys and values")
        .arg(info.n_heads)
        .arg(info.head_dim)
        .arg(info.n_kv_heads);
}

QString expertLine(const rocmforge::ModelInfo& info)
{
    return info.n_experts > 0 ? tr("%1, %2 used").arg(info.n_experts).arg(info.n_experts_used) : QString();
}

QString workOf(const rocmforge::DevicePlan& device, int layers)
{
    if (device.n_layers == 0)
        return tr("computes the experts");
    if (device.n_layers == layers)
        return tr("computes all layers");
    return device.has_experts
        ? tr("computes %1 of %2 layers, and the experts").arg(device.n_layers).arg(layers)
        : tr("computes %1 of %2 layers").arg(device.n_layers).arg(layers);
}

QString deviceLine(const rocmforge::DevicePlan& device, const rocmforge::LoadPlan& plan)
{
    return tr("%1 %2 with %3 of the %4 that were free: weights %5, %6 KV cache %7, activations %8.")
        .arg(QString::fromStdString(device.device), workOf(device, plan.n_layers),
             bytesText(double(device.total())), bytesText(double(device.free)),
             bytesText(double(device.weights)), QLatin1String(kv_type_name(plan.kv_type)),
             bytesText(double(device.kv_cache)), bytesText(double(device.states + device.scratch)));
}

} // namespace

QVariantList modelFacts(const rocmforge::ModelInfo& info)
{
    Facts facts;
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Architecture"), info.architecture);
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Parameters"), parameterLine(info));
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Quantization"), info.quantization);
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Tensors"), formatLine(info));
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Size"), bytesText(double(info.file_bytes)));
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Files"), shardLine(info));
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Context"), info.n_ctx_train);
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Layers"), info.n_layers);
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Attention"), headLine(info));
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Experts"), expertLine(info));
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Tokenizer"), info.tokenizer);
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Vocabulary"), info.vocab_size);
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Purpose"), info.embedding);
    if (info.embedding.empty())
        facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Chat template"),
                  info.chat_template.empty() ? tr("none; ChatML is used") : tr("the model's own"));
    facts.add(QT_TRANSLATE_NOOP("ModelFacts", "License"), info.license);
    return facts.take();
}

QVariantList memoryFacts(const rocmforge::LoadPlan& plan)
{
    Facts facts;
    for (const rocmforge::DevicePlan& device : plan.devices)
        facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Memory"), deviceLine(device, plan));
    return facts.take();
}

QVariantList noteFacts(const rocmforge::ModelInfo& info)
{
    Facts facts;
    for (const std::string& warning : info.warnings)
        facts.add(QT_TRANSLATE_NOOP("ModelFacts", "Note"), warning);
    return facts.take();
}

rocmforge::MemoryPlan memoryPlan(const rocmforge::ModelInfo& info, int contextLength)
{
    if (info.memory.empty())
        return {contextLength, info.file_bytes, 0, 0};
    rocmforge::MemoryPlan best = info.memory.front();
    for (const rocmforge::MemoryPlan& plan : info.memory) {
        if (plan.n_ctx <= contextLength && plan.n_ctx > best.n_ctx)
            best = plan;
    }
    return best;
}

int usualContextLength(const rocmforge::ModelInfo& info)
{
    constexpr int most = 8192;
    return info.n_ctx_train > 0 ? std::min(info.n_ctx_train, most) : most;
}
