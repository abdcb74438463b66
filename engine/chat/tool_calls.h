// The insides of tool calls, in the notations that models use.
#pragma once

#include <rocmforge/output_parser.h>

#include <string_view>
#include <vector>

namespace rocmforge {

enum class CallSyntax {
    tagged, ///< JSON with name and arguments, <function=…> blocks, or GLM's name and <arg_key> pairs
    json_items, ///< a JSON list without its opening bracket
    function_tag, ///< name>arguments: what stands behind "<function="
    mistral, ///< a JSON list, or name[CALL_ID]id[ARGS]{…}, repeated
    deepseek, ///< <｜tool▁call▁begin｜>name<｜tool▁sep｜>{…}<｜tool▁call▁end｜>, repeated
    dsml, ///< <｜DSML｜invoke name="…"> with <｜DSML｜parameter name="…"> inside
    kimi, ///< <|tool_call_begin|>functions.name:0<|tool_call_argument_begin|>{…}<|tool_call_end|>
    channel, ///< header and JSON arguments of gpt-oss, with <|message|> between them
};

/// Parts of kind tool_call, in order. Empty where the payload is no call in this notation.
[[nodiscard]] std::vector<OutputPart> parse_tool_calls(CallSyntax syntax, std::string_view payload);

/// Whether text can still become a call by itself: {"name": "f", "parameters": {…}}. False as soon as it
/// cannot.
[[nodiscard]] bool may_be_bare_call(std::string_view text);

} // namespace rocmforge
