#include "chat/tool_calls.h"

#include "chat/text_scanner.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace rocmforge {

namespace {

using nlohmann::ordered_json;
using Calls = std::vector<OutputPart>;

std::string dump(const ordered_json& json)
{
    return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

OutputPart call(std::string_view name, std::string arguments, std::string_view id = {})
{
    OutputPart part;
    part.kind = OutputPart::Kind::tool_call;
    part.name = trimmed(name);
    part.arguments = std::move(arguments);
    part.id = id;
    return part;
}

/// None for what is no JSON object.
std::optional<std::string> json_object(std::string_view text)
{
    const ordered_json json = ordered_json::parse(text, nullptr, false);
    return json.is_object() ? std::optional(dump(json)) : std::nullopt;
}

/// The first of these keys whose value is text.
std::string text_at(const ordered_json& json, std::initializer_list<const char*> keys)
{
    for (const char* key : keys) {
        const auto found = json.find(key);
        if (found != json.end() && found->is_string())
            return found->get<std::string>();
    }
    return {};
}

/// {"name": …, "arguments": …}, under one of the names that models give these keys.
std::optional<OutputPart> json_call(const ordered_json& json)
{
    if (!json.is_object())
        return std::nullopt;
    if (const auto function = json.find("function"); function != json.end() && function->is_object())
        return json_call(*function);
    const std::string name = text_at(json, {"name", "tool_name", "function"});
    for (const char* key : {"arguments", "parameters"}) {
        const auto found = json.find(key);
        if (name.empty() || found == json.end())
            continue;
        return call(name, found->is_string() ? found->get<std::string>() : dump(*found),
                    text_at(json, {"id", "tool_call_id"}));
    }
    return std::nullopt;
}

/// One call or a list of them.
Calls json_calls(std::string_view text)
{
    const ordered_json json = ordered_json::parse(text, nullptr, false);
    Calls calls;
    if (auto single = json_call(json))
        calls.push_back(*std::move(single));
    if (!json.is_array())
        return calls;
    for (const ordered_json& item : json) {
        auto one = json_call(item);
        if (!one)
            return {};
        calls.push_back(*std::move(one));
    }
    return calls;
}

/// A value that is written without quotes: a number or the like if it reads as one, else text.
ordered_json untyped_value(std::string_view text)
{
    ordered_json json = ordered_json::parse(text, nullptr, false);
    return json.is_discarded() || json.is_string() ? ordered_json(text) : json;
}

/// <parameter=name>value</parameter>, repeated.
std::optional<std::string> tagged_parameters(std::string_view text)
{
    ordered_json arguments = ordered_json::object();
    TextScanner scanner(text);
    while (scanner.skip_past("<parameter=")) {
        const auto name = scanner.take_until(">");
        const auto value = scanner.take_until("</parameter>");
        if (!name || !value)
            return std::nullopt;
        arguments[std::string(trimmed(*name))] = untyped_value(without_outer_newlines(*value));
    }
    return dump(arguments);
}

/// name>{…} or name> with parameters.
Calls function_tag(std::string_view text)
{
    TextScanner scanner(text);
    const auto name = scanner.take_until(">");
    if (!name || trimmed(*name).empty())
        return {};
    const std::string_view body = trimmed(scanner.rest());
    const auto arguments = body.starts_with('{') ? json_object(body) : tagged_parameters(body);
    return arguments ? Calls{call(*name, *arguments)} : Calls{};
}

/// <function=…>…</function>, repeated.
Calls function_tags(std::string_view text)
{
    Calls calls;
    TextScanner scanner(text);
    while (scanner.skip_past("<function=")) {
        for (OutputPart& part : function_tag(scanner.take_up_to("</function>")))
            calls.push_back(std::move(part));
    }
    return calls;
}

/// GLM: the name, then <arg_key>key</arg_key><arg_value>value</arg_value>, repeated.
Calls key_value_call(std::string_view text)
{
    TextScanner scanner(text);
    const std::string_view name = trimmed(text.substr(0, text.find("<arg_key>")));
    if (name.empty() || name.find_first_of(" \n<{") != std::string_view::npos)
        return {};
    ordered_json arguments = ordered_json::object();
    while (scanner.skip_past("<arg_key>")) {
        const auto key = scanner.take_until("</arg_key>");
        const bool has_value = key && scanner.skip_past("<arg_value>");
        const auto value = has_value ? scanner.take_until("</arg_value>") : std::nullopt;
        if (!value)
            return {};
        arguments[std::string(trimmed(*key))] = untyped_value(*value);
    }
    return {call(name, dump(arguments))};
}

Calls tagged(std::string_view text)
{
    text = trimmed(text);
    if (text.starts_with('{') || text.starts_with('['))
        return json_calls(text);
    return text.find("<function=") != std::string_view::npos ? function_tags(text) : key_value_call(text);
}

/// name[CALL_ID]id[ARGS]{…}; the id may be missing.
Calls named_mistral_call(std::string_view text)
{
    TextScanner scanner(text);
    TextScanner head(scanner.take_up_to("[ARGS]"));
    const auto arguments = json_object(scanner.rest());
    const std::string_view name = head.take_up_to("[CALL_ID]");
    return arguments ? Calls{call(name, *arguments, trimmed(head.rest()))} : Calls{};
}

Calls mistral(std::string_view text)
{
    Calls calls;
    for (TextScanner scanner(text); !scanner.at_end();) {
        const std::string_view one = trimmed(scanner.take_up_to("[TOOL_CALLS]"));
        Calls read = one.starts_with('[') ? json_calls(one) : named_mistral_call(one);
        if (read.empty())
            return {};
        calls.insert(calls.end(), read.begin(), read.end());
    }
    return calls;
}

/// In R1's form, "function" stands in front of the name and the arguments are in a ```json block.
Calls deepseek_call(std::string_view text)
{
    TextScanner scanner(text);
    std::string_view name = scanner.take_up_to("<｜tool▁sep｜>");
    if (trimmed(name) == "function")
        name = scanner.take_up_to("\n");
    std::string_view arguments = scanner.rest();
    if (TextScanner block(arguments); block.skip_past("```json"))
        arguments = block.take_up_to("```");
    const auto object = json_object(arguments);
    return object ? Calls{call(name, *object)} : Calls{};
}

Calls deepseek(std::string_view text)
{
    Calls calls;
    TextScanner scanner(text);
    while (scanner.skip_past("<｜tool▁call▁begin｜>")) {
        for (OutputPart& part : deepseek_call(scanner.take_up_to("<｜tool▁call▁end｜>")))
            calls.push_back(std::move(part));
    }
    return calls;
}

/// What stands between quotes behind name= or string=.
std::string_view attribute(std::string_view tag, std::string_view name)
{
    TextScanner scanner(tag);
    return scanner.skip_past(name) && scanner.skip_past("\"") ? scanner.take_up_to("\"") : std::string_view();
}

std::string dsml_parameters(std::string_view text)
{
    ordered_json arguments = ordered_json::object();
    TextScanner scanner(text);
    while (scanner.skip_past("<｜DSML｜parameter")) {
        const std::string_view tag = scanner.take_up_to(">");
        const std::string_view value = scanner.take_up_to("</｜DSML｜parameter>");
        const bool is_text = attribute(tag, "string=") == "true";
        arguments[std::string(attribute(tag, "name="))] =
            is_text ? ordered_json(value) : untyped_value(value);
    }
    return dump(arguments);
}

Calls dsml(std::string_view text)
{
    Calls calls;
    TextScanner scanner(text);
    while (scanner.skip_past("<｜DSML｜invoke")) {
        const std::string_view name = attribute(scanner.take_up_to(">"), "name=");
        calls.push_back(call(name, dsml_parameters(scanner.take_up_to("</｜DSML｜invoke>"))));
    }
    return calls;
}

/// The id, "functions.name:0", holds the name.
Calls kimi(std::string_view text)
{
    Calls calls;
    TextScanner scanner(text);
    while (scanner.skip_past("<|tool_call_begin|>")) {
        const std::string_view id = trimmed(scanner.take_up_to("<|tool_call_argument_begin|>"));
        const auto arguments = json_object(scanner.take_up_to("<|tool_call_end|>"));
        if (!arguments)
            return {};
        const std::string_view name = id.substr(0, id.rfind(':'));
        calls.push_back(call(name.starts_with("functions.") ? name.substr(10) : name, *arguments, id));
    }
    return calls;
}

/// …to=functions.name …<|message|>{…}
Calls channel(std::string_view text)
{
    TextScanner scanner(text);
    TextScanner header(scanner.take_up_to("<|message|>"));
    if (!header.skip_past("to=functions."))
        return {};
    const std::string_view recipient = header.rest();
    const auto arguments = json_object(scanner.rest());
    return arguments ? Calls{call(recipient.substr(0, recipient.find_first_of(" <")), *arguments)} : Calls{};
}

} // namespace

std::vector<OutputPart> parse_tool_calls(CallSyntax syntax, std::string_view payload)
{
    switch (syntax) {
    case CallSyntax::tagged:
        return tagged(payload);
    case CallSyntax::json_items:
        return json_calls("[" + std::string(payload));
    case CallSyntax::function_tag:
        return function_tag(payload);
    case CallSyntax::mistral:
        return mistral(payload);
    case CallSyntax::deepseek:
        return deepseek(payload);
    case CallSyntax::dsml:
        return dsml(payload);
    case CallSyntax::kimi:
        return kimi(payload);
    case CallSyntax::channel:
        return channel(payload);
    }
    return {};
}

} // namespace rocmforge
