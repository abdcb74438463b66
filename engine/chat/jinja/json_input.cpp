#include "json_input.h"

namespace rocmforge::jinja {

namespace {

using Json = nlohmann::ordered_json;

Value list_from(Runtime& runtime, const Json& json)
{
    std::vector<Value> items;
    items.reserve(json.size());
    for (const Json& item : json)
        items.push_back(from_json(runtime, item));
    return runtime.list(std::move(items));
}

Value dict_from(Runtime& runtime, const Json& json)
{
    Dict dict;
    for (const auto& [key, value] : json.items())
        dict.set(key, from_json(runtime, value));
    return runtime.dict(std::move(dict));
}

/// Beyond 64 signed bits an integer goes on as a float.
Value number_from(uint64_t number)
{
    const auto as_signed = static_cast<int64_t>(number);
    return as_signed >= 0 ? Value(as_signed) : Value(static_cast<double>(number));
}

} // namespace

Value from_json(Runtime& runtime, const Json& json)
{
    const Budget::Level level(runtime.budget);
    switch (json.type()) {
    case Json::value_t::boolean:
        return Value(json.get<bool>());
    case Json::value_t::number_integer:
        return Value(json.get<int64_t>());
    case Json::value_t::number_unsigned:
        return number_from(json.get<uint64_t>());
    case Json::value_t::number_float:
        return Value(json.get<double>());
    case Json::value_t::string:
        return runtime.text(json.get_ref<const std::string&>());
    case Json::value_t::array:
        return list_from(runtime, json);
    case Json::value_t::object:
        return dict_from(runtime, json);
    default:
        return Value();
    }
}

} // namespace rocmforge::jinja
