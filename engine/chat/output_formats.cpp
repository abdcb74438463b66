#include "chat/output_formats.h"

namespace rocmforge {

namespace {

using enum OutputRegion::Content;

constexpr OutputRegion think_tags{thinking, "<think>", {"</think>"}};

/// Each is expected where the chat template mentions its opening.
constexpr std::array<OutputRegion, 21> region_table{{
    {thinking, "<seed:think>", {"</seed:think>"}},
    {thinking, "[THINK]", {"[/THINK]"}}, // Magistral
    {thinking, "<|START_THINKING|>", {"<|END_THINKING|>"}}, // Command
    {thinking, "<|channel>thought", {"<channel|>"}}, // Gemma 4
    {text, "<|START_RESPONSE|>", {"<|END_RESPONSE|>"}}, // Command
    {text, "<|START_TEXT|>", {"<|END_TEXT|>"}},
    {text, "<response>", {"</response>"}}, // Granite
    {header, "<|channel|>", {"<|message|>"}}, // gpt-oss
    {header, "<|start|>", {"<|message|>"}, {}, "<|start|>assistant"},
    {tool_call, "<tool_call>", {"</tool_call>"}, CallSyntax::tagged}, // Hermes, Qwen, GLM
    {tool_call, "<tool_calls>", {"</tool_calls>"}, CallSyntax::tagged},
    {tool_call, "<seed:tool_call>", {"</seed:tool_call>"}, CallSyntax::tagged},
    {tool_call, "<function=", {"</function>"}, CallSyntax::function_tag}, // Llama 3, Qwen Coder
    {tool_call, "<|python_tag|>", {}, CallSyntax::tagged}, // Llama 3
    {tool_call, "functools[", {}, CallSyntax::json_items}, // FireFunction
    {tool_call, "[TOOL_CALLS]", {}, CallSyntax::mistral},
    {tool_call, "<｜tool▁calls▁begin｜>", {"<｜tool▁calls▁end｜>"}, CallSyntax::deepseek},
    {tool_call, "<｜DSML｜function_calls>", {"</｜DSML｜function_calls>"}, CallSyntax::dsml}, // DeepSeek 3.2
    {tool_call, "<｜DSML｜tool_calls>", {"</｜DSML｜tool_calls>"}, CallSyntax::dsml},
    {tool_call, "<|tool_calls_section_begin|>", {"<|tool_calls_section_end|>"}, CallSyntax::kimi},
    {tool_call, "<|START_ACTION|>", {"<|END_ACTION|>"}, CallSyntax::tagged}, // Command
}};

constexpr std::array<std::string_view, OutputRegion::max_closings> message_closings{
    "<|end|>", "<|call|>", "<|return|>", "<|start|>", "<|channel|>"};
constexpr OutputRegion analysis{thinking, {}, message_closings};
constexpr OutputRegion message{text, {}, message_closings};
constexpr OutputRegion function_message{tool_call, {}, message_closings, CallSyntax::channel};

/// Llama 3 is told to answer with bare JSON, in these words.
constexpr std::string_view bare_call_instruction = "\"parameters\": dictionary of argument name";

bool contains(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

} // namespace

OutputFormat OutputFormat::of_template(std::string_view chat_template)
{
    OutputFormat format;
    format.regions_.push_back(&think_tags);
    for (const OutputRegion& region : region_table) {
        if (contains(chat_template, region.opening))
            format.regions_.push_back(&region);
    }
    format.has_bare_calls_ = contains(chat_template, bare_call_instruction);
    return format;
}

const OutputRegion& message_behind(std::string_view text)
{
    if (contains(text, "to=functions."))
        return function_message;
    return contains(text, "analysis") ? analysis : message;
}

} // namespace rocmforge
