// What is known about how an answer was made, as it is stored with the message.
#pragma once

#include "inference/generation.h"

#include <QtCore/QJsonObject>

class EngineController;
class SamplingSettings;

/// With what the answer begins: model, quantization, backend and sampling.
[[nodiscard]] QJsonObject detailsBefore(const EngineController& engine, const SamplingSettings& sampling);

/// How it went: tokens, times and why it ended; see MessageListModel for the keys.
void addOutcome(QJsonObject& details, const GenerationUpdate& update);

/// Tokens of context that the prompt and the answer took.
[[nodiscard]] int contextUsedBy(const QJsonObject& details);
