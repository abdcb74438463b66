// From a conversation to the tokens a model is given.
#pragma once

#include "inference/generation.h"

#include <rocmforge/engine.h>

#include <cstdint>
#include <string>
#include <vector>

struct Prompt {
    std::vector<int32_t> tokens;
    int droppedMessages = 0; ///< oldest ones that did not fit
    std::string fallbackReason; ///< the model has no usable chat template, ChatML was used: why
    std::string text; ///< as rendered, without what is there of the answer
};

/// Leaves out as many of the oldest turns as it takes to leave room for an answer in the context;
/// the system prompt and the last message always stay. context_full when those alone are too long.
[[nodiscard]] rocmforge::Result<Prompt> assemblePrompt(const rocmforge::Engine& engine,
                                                       const GenerationRequest& request);
