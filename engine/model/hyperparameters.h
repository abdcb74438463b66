// Metadata of one architecture, range-checked: key "rope.freq_base" stands for
// "<architecture>.rope.freq_base".
#pragma once

#include "gguf/gguf.h"

#include <rocmforge/error.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

/// Inclusive bounds of plausible values.
struct IntegerRange {
    int64_t smallest;
    int64_t largest;
};

class Hyperparameters {
public:
    Hyperparameters(const gguf::Metadata& metadata, std::string_view architecture)
        : metadata_(metadata)
        , prefix_(std::string(architecture) + ".")
    {
    }

    /// The same of keys with another prefix.
    [[nodiscard]] Hyperparameters of(std::string_view prefix) const { return {metadata_, prefix}; }

    [[nodiscard]] std::string key(std::string_view name) const { return prefix_ + std::string(name); }
    [[nodiscard]] bool contains(std::string_view name) const { return metadata_.contains(key(name)); }

    /// invalid_value where outside of `range`; missing_metadata where absent without a default.
    [[nodiscard]] Result<int> integer(std::string_view name, IntegerRange range,
                                      std::optional<int> absent = {}) const;
    /// One value per layer; a single value stands for all layers. Further values are ignored.
    [[nodiscard]] Result<std::vector<int>> integer_per_layer(std::string_view name, IntegerRange range,
                                                             int n_layers,
                                                             std::optional<int> absent = {}) const;
    /// The same of numbers, which may be infinite.
    [[nodiscard]] Result<std::vector<float>> number_per_layer(std::string_view name, int n_layers) const;
    /// Finite and above zero.
    [[nodiscard]] Result<double> positive(std::string_view name, std::optional<double> absent = {}) const;
    /// Finite and at least zero.
    [[nodiscard]] Result<double> non_negative(std::string_view name, std::optional<double> absent = {}) const;
    [[nodiscard]] Result<bool> boolean(std::string_view name, bool absent) const;
    /// An array of one truth value or number per layer, or nothing where the key is absent or holds no
    /// array.
    [[nodiscard]] Result<std::vector<bool>> flag_per_layer(std::string_view name, int n_layers) const;
    [[nodiscard]] Result<std::string_view> string(std::string_view name, std::string_view absent) const;

    /// invalid_value about the key: "llama.rope.freq_base is 0; expected …".
    [[nodiscard]] std::unexpected<Error> invalid(std::string_view name, const std::string& value,
                                                 const std::string& expected) const;

private:
    template <typename T>
    [[nodiscard]] Result<std::vector<T>> one_per_layer(std::string_view name, std::vector<T> values,
                                                       int n_layers) const;
    [[nodiscard]] Result<double> number(std::string_view name, std::optional<double> absent) const;
    [[nodiscard]] Result<int> checked(std::string_view name, int64_t value, IntegerRange range) const;

    const gguf::Metadata& metadata_;
    std::string prefix_;
};

} // namespace rocmforge
