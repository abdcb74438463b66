#include "gguf/gguf.h"
#include "gguf/quoted.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace rocmforge::gguf {
namespace {

const char* description(const Value& value)
{
    constexpr const char* names[] = {"an unsigned integer", "an integer", "a number",
                                     "a truth value",       "a string",   "an array"};
    return names[value.index()];
}

std::unexpected<Error> missing(std::string_view key)
{
    return fail(ErrorKind::missing_metadata, "The file lacks the metadata key " + quoted(key) + ".",
                "Use another conversion of this model.");
}

std::unexpected<Error> wrong_type(std::string_view key, const Value& value, const char* expected)
{
    return fail(ErrorKind::wrong_metadata_type,
                "The metadata key " + quoted(key) + " holds " + description(value) + " where " + expected
                    + " is expected.",
                "Use another conversion of this model.");
}

Result<int64_t> to_integer(std::string_view key, const Value& value)
{
    if (const auto* integer = std::get_if<int64_t>(&value))
        return *integer;
    const auto* integer = std::get_if<uint64_t>(&value);
    if (!integer)
        return wrong_type(key, value, "an integer");
    if (*integer > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
        return fail(ErrorKind::invalid_value,
                    "The metadata key " + quoted(key) + " is " + std::to_string(*integer)
                        + ", which is too large.");
    return static_cast<int64_t>(*integer);
}

std::unexpected<Error> not_a_number(std::string_view key, std::string_view kind)
{
    return fail(ErrorKind::invalid_value,
                "The metadata key " + quoted(key) + " is not a " + std::string(kind) + ".");
}

Result<double> to_extended_number(std::string_view key, const Value& value)
{
    if (const auto* number = std::get_if<double>(&value)) {
        if (std::isnan(*number))
            return not_a_number(key, "number");
        return *number;
    }
    if (const auto* integer = std::get_if<int64_t>(&value))
        return static_cast<double>(*integer);
    if (const auto* integer = std::get_if<uint64_t>(&value))
        return static_cast<double>(*integer);
    return wrong_type(key, value, "a number");
}

Result<double> to_number(std::string_view key, const Value& value)
{
    TRY(const double number, to_extended_number(key, value));
    if (!std::isfinite(number))
        return not_a_number(key, "finite number");
    return number;
}

template <typename T> T load(const std::byte* source)
{
    T value;
    std::memcpy(&value, source, sizeof(T));
    return value;
}

/// Element i of an array of numbers; of any other, false.
Value element(const Array& array, uint64_t i)
{
    const std::byte* bytes = array.bytes.data();
    switch (array.type) {
    case ValueType::uint8:
        return uint64_t(load<uint8_t>(bytes + i));
    case ValueType::int8:
        return int64_t(load<int8_t>(bytes + i));
    case ValueType::uint16:
        return uint64_t(load<uint16_t>(bytes + i * 2));
    case ValueType::int16:
        return int64_t(load<int16_t>(bytes + i * 2));
    case ValueType::uint32:
        return uint64_t(load<uint32_t>(bytes + i * 4));
    case ValueType::int32:
        return int64_t(load<int32_t>(bytes + i * 4));
    case ValueType::float32:
        return double(load<float>(bytes + i * 4));
    case ValueType::uint64:
        return load<uint64_t>(bytes + i * 8);
    case ValueType::int64:
        return load<int64_t>(bytes + i * 8);
    case ValueType::float64:
        return load<double>(bytes + i * 8);
    case ValueType::boolean:
    case ValueType::string:
    case ValueType::array:
        break;
    }
    return false;
}

/// The array's elements, or the one value, each through `convert`.
template <typename T, typename Convert>
Result<std::vector<T>> to_vector(std::string_view key, const Value& value, Convert convert)
{
    std::vector<T> result;
    const auto* array = std::get_if<Array>(&value);
    const uint64_t size = array ? array->size : 1;
    if (array && array->type == ValueType::string)
        return wrong_type(key, value, "an array of numbers");
    result.reserve(size);
    for (uint64_t i = 0; i < size; ++i) {
        TRY(const auto converted, convert(key, array ? element(*array, i) : value));
        result.push_back(static_cast<T>(converted));
    }
    return result;
}

} // namespace

const Value* Metadata::find(std::string_view key) const
{
    const auto entry = values_.find(key);
    return entry == values_.end() ? nullptr : &entry->second;
}

void Metadata::set(std::string_view key, Value value)
{
    values_.insert_or_assign(key, std::move(value));
}

Result<int64_t> Metadata::integer(std::string_view key) const
{
    const Value* value = find(key);
    return value ? to_integer(key, *value) : missing(key);
}

Result<double> Metadata::number(std::string_view key) const
{
    const Value* value = find(key);
    return value ? to_number(key, *value) : missing(key);
}

Result<bool> Metadata::boolean(std::string_view key) const
{
    const Value* value = find(key);
    if (!value)
        return missing(key);
    if (const auto* boolean = std::get_if<bool>(value))
        return *boolean;
    return wrong_type(key, *value, "a truth value");
}

Result<std::string_view> Metadata::string(std::string_view key) const
{
    const Value* value = find(key);
    if (!value)
        return missing(key);
    if (const auto* string = std::get_if<std::string_view>(value))
        return *string;
    return wrong_type(key, *value, "a string");
}

Result<std::span<const std::string_view>> Metadata::strings(std::string_view key) const
{
    const Value* value = find(key);
    if (!value)
        return missing(key);
    const auto* array = std::get_if<Array>(value);
    if (!array || array->type != ValueType::string)
        return wrong_type(key, *value, "an array of strings");
    return array->strings;
}

Result<std::vector<int64_t>> Metadata::integers(std::string_view key) const
{
    const Value* value = find(key);
    if (!value)
        return missing(key);
    return to_vector<int64_t>(key, *value, to_integer);
}

Result<std::vector<float>> Metadata::numbers(std::string_view key) const
{
    const Value* value = find(key);
    if (!value)
        return missing(key);
    return to_vector<float>(key, *value, to_number);
}

Result<std::vector<float>> Metadata::extended_numbers(std::string_view key) const
{
    const Value* value = find(key);
    if (!value)
        return missing(key);
    return to_vector<float>(key, *value, to_extended_number);
}

Result<int64_t> Metadata::integer(std::string_view key, int64_t absent) const
{
    return contains(key) ? integer(key) : absent;
}

Result<double> Metadata::number(std::string_view key, double absent) const
{
    return contains(key) ? number(key) : absent;
}

Result<bool> Metadata::boolean(std::string_view key, bool absent) const
{
    return contains(key) ? boolean(key) : absent;
}

Result<std::string_view> Metadata::string(std::string_view key, std::string_view absent) const
{
    return contains(key) ? string(key) : absent;
}

} // namespace rocmforge::gguf
