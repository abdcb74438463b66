// A model's properties as labelled lines for a person.
#pragma once

#include <rocmforge/load_plan.h>
#include <rocmforge/model_info.h>

#include <QtCore/QVariantList>

/// List of {label, value}; what the file does not tell is left out.
[[nodiscard]] QVariantList modelFacts(const rocmforge::ModelInfo& info);

/// What a loaded model took of which device, a sentence for each, in the same form.
[[nodiscard]] QVariantList memoryFacts(const rocmforge::LoadPlan& plan);

/// What loading found worth telling.
[[nodiscard]] QVariantList noteFacts(const rocmforge::ModelInfo& info);

/// The plan for `contextLength` tokens, or for the nearest smaller length that was planned.
[[nodiscard]] rocmforge::MemoryPlan memoryPlan(const rocmforge::ModelInfo& info, int contextLength);

/// Tokens of context a model is loaded with unless told otherwise.
[[nodiscard]] int usualContextLength(const rocmforge::ModelInfo& info);
