// The markup that models use in their answers: one row per pair of tags.
#pragma once

#include "chat/tool_calls.h"

#include <rocmforge/output_parser.h>

#include <array>
#include <optional>
#include <string_view>

namespace rocmforge {

struct OutputRegion {
    enum class Content {
        thinking,
        text,
        tool_call,
        header, ///< says what the message behind it is
    };
    static constexpr size_t max_closings = 5;

    Content content = Content::text;
    std::string_view opening;
    /// Any of them ends the region; without one it lasts to the end of the answer.
    std::array<std::string_view, max_closings> closings = {};
    CallSyntax syntax = CallSyntax::tagged; ///< of a tool call
    std::string_view open_prompt = {}; ///< how a prompt ends that has opened the region; else `opening`
};

/// What follows a header: gpt-oss's analysis is thinking, its commentary to a function a tool call.
[[nodiscard]] const OutputRegion& message_behind(std::string_view header);

} // namespace rocmforge
