#include "model/hyperparameters.h"

#include <span>
#include <sstream>

namespace rocmforge {
namespace {

std::string text(double value)
{
    std::ostringstream stream;
    stream << value;
    return stream.str();
}

} // namespace

Result<int> Hyperparameters::integer(std::string_view name, IntegerRange range,
                                     std::optional<int> absent) const
{
    if (absent && !contains(name))
        return *absent;
    TRY(const int64_t value, metadata_.integer(key(name)));
    return checked(name, value, range);
}

template <typename T>
Result<std::vector<T>> Hyperparameters::one_per_layer(std::string_view name, std::vector<T> values,
                                                      int n_layers) const
{
    const auto n = static_cast<size_t>(n_layers);
    if (values.size() == 1)
        values.resize(n, values[0]);
    if (values.size() < n)
        return invalid(name, "a list of " + std::to_string(values.size()),
                       "one value for each of the " + std::to_string(n) + " layers");
    values.resize(n);
    return values;
}

Result<std::vector<int>> Hyperparameters::integer_per_layer(std::string_view name, IntegerRange range,
                                                            int n_layers, std::optional<int> absent) const
{
    if (absent && !contains(name))
        return std::vector<int>(static_cast<size_t>(n_layers), *absent);
    TRY(std::vector<int64_t> values, metadata_.integers(key(name)));
    TRY(values, one_per_layer(name, std::move(values), n_layers));
    std::vector<int> result;
    for (const int64_t value : values) {
        TRY(const int in_range, checked(name, value, range));
        result.push_back(in_range);
    }
    return result;
}

Result<std::vector<float>> Hyperparameters::number_per_layer(std::string_view name, int n_layers) const
{
    TRY(std::vector<float> values, metadata_.extended_numbers(key(name)));
    return one_per_layer(name, std::move(values), n_layers);
}

Result<double> Hyperparameters::number(std::string_view name, std::optional<double> absent) const
{
    if (absent && !contains(name))
        return *absent;
    Result<double> value = metadata_.number(key(name));
    if (!value && value.error().kind == ErrorKind::invalid_value)
        return invalid(name, "infinite or not a number", "a finite number");
    return value;
}

Result<double> Hyperparameters::positive(std::string_view name, std::optional<double> absent) const
{
    TRY(const double value, number(name, absent));
    if (value <= 0)
        return invalid(name, text(value), "a number above 0");
    return value;
}

Result<double> Hyperparameters::non_negative(std::string_view name, std::optional<double> absent) const
{
    TRY(const double value, number(name, absent));
    if (value < 0)
        return invalid(name, text(value), "a number of at least 0");
    return value;
}

Result<bool> Hyperparameters::boolean(std::string_view name, bool absent) const
{
    return metadata_.boolean(key(name), absent);
}

Result<std::vector<bool>> Hyperparameters::flag_per_layer(std::string_view name, int n_layers) const
{
    const gguf::Value* value = metadata_.find(key(name));
    const auto* array = value ? std::get_if<gguf::Array>(value) : nullptr;
    if (!array)
        return {};
    const auto n = static_cast<size_t>(n_layers);
    if (array->size < n)
        return invalid(name, "a list of " + std::to_string(array->size),
                       "one value for each of the " + std::to_string(n_layers) + " layers");
    std::vector<bool> flags;
    if (array->type == gguf::ValueType::boolean) {
        for (const std::byte flag : array->bytes.first(n))
            flags.push_back(flag != std::byte{});
        return flags;
    }
    TRY(const std::vector<int64_t> numbers, metadata_.integers(key(name)));
    for (const int64_t number : std::span(numbers).first(n))
        flags.push_back(number != 0);
    return flags;
}

Result<std::string_view> Hyperparameters::string(std::string_view name, std::string_view absent) const
{
    return metadata_.string(key(name), absent);
}

std::unexpected<Error> Hyperparameters::invalid(std::string_view name, const std::string& value,
                                                const std::string& expected) const
{
    return fail(ErrorKind::invalid_value,
                "The model's metadata are wrong: " + key(name) + " is " + value + "; expected " + expected
                    + ".",
                "Download the file again or choose another conversion of the model.");
}

Result<int> Hyperparameters::checked(std::string_view name, int64_t value, IntegerRange range) const
{
    if (value < range.smallest || value > range.largest)
        return invalid(name, std::to_string(value),
                       std::to_string(range.smallest) + " to " + std::to_string(range.largest));
    return static_cast<int>(value);
}

} // namespace rocmforge
