// Conversations and how a model's own chat template turns them into a prompt.
#pragma once

#include <rocmforge/error.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rocmforge {

struct ChatMessage {
    std::string role; ///< "system", "user", "assistant" or "tool"
    std::string content; ///< UTF-8
};

struct RenderOptions {
    bool add_generation_prompt = true;
    /// Further template variables with JSON values: {"enable_thinking", "false"}.
    std::map<std::string, std::string> variables;
};

struct RenderedPrompt {
    std::string text;
    std::vector<int32_t> tokens; ///< special tokens parsed, BOS added once where the model wants it
    bool fallback = false; ///< the model has no usable template: ChatML was used
    std::string fallback_reason; ///< why, for a person
};

} // namespace rocmforge
