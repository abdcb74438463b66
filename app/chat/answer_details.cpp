#include "chat/answer_details.h"

#include "chat/sampling_settings.h"
#include "models/engine_controller.h"

namespace {

using rocmforge::FinishReason;

QString nameOf(FinishReason reason)
{
    switch (reason) {
    case FinishReason::stop_token:
    case FinishReason::stop_string:
        return QStringLiteral("stop");
    case FinishReason::length:
        return QStringLiteral("length");
    case FinishReason::context_full:
        return QStringLiteral("context");
    case FinishReason::cancelled:
        return QStringLiteral("cancelled");
    case FinishReason::error:
        break;
    }
    return QStringLiteral("error");
}

} // namespace

QJsonObject detailsBefore(const EngineController& engine, const SamplingSettings& sampling)
{
    const rocmforge::SamplingParameters parameters = sampling.parameters();
    return {{QStringLiteral("model"), engine.modelName()},
            {QStringLiteral("quantization"), engine.quantization()},
            {QStringLiteral("backend"), engine.backend()},
            {QStringLiteral("temperature"), sampling.property("temperature").toDouble()},
            {QStringLiteral("topK"), parameters.top_k},
            {QStringLiteral("topP"), sampling.property("topP").toDouble()},
            {QStringLiteral("minP"), sampling.property("minP").toDouble()},
            {QStringLiteral("maxTokens"), sampling.maxTokens()}};
}

void addOutcome(QJsonObject& details, const GenerationUpdate& update)
{
    const rocmforge::RequestStatistics& statistics = update.statistics;
    details.insert(QStringLiteral("finish"), nameOf(update.reason));
    details.insert(QStringLiteral("seed"), QString::number(statistics.seed));
    details.insert(QStringLiteral("ttft"), statistics.time_to_first_token);
    details.insert(QStringLiteral("prefillRate"), statistics.prefill_rate());
    details.insert(QStringLiteral("decodeRate"), statistics.decode_rate());
    details.insert(QStringLiteral("promptTokens"), statistics.prompt_tokens);
    details.insert(QStringLiteral("reusedTokens"), statistics.reused_tokens);
    details.insert(QStringLiteral("generatedTokens"), statistics.generated_tokens);
}

int contextUsedBy(const QJsonObject& details)
{
    return details.value(QStringLiteral("promptTokens")).toInt()
        + details.value(QStringLiteral("generatedTokens")).toInt();
}
