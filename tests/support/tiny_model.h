// Model files made of random numbers, tensor by tensor, so that a test knows all of them.
#pragma once

#include "gguf/writer.h"
#include "quant/formats.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace rocmforge::test {

struct TinyTensor {
    std::string name;
    std::vector<int64_t> shape; ///< GGUF order
    Format format = Format::f32;
    std::vector<float> values; ///< as the format represents them

    [[nodiscard]] std::vector<std::byte> bytes() const
    {
        const auto n = static_cast<int64_t>(values.size());
        std::vector<std::byte> encoded(static_cast<size_t>(format_bytes(format, n)));
        format_info(format).quantize(values.data(), encoded.data(), n);
        return encoded;
    }

    /// Makes the values those that the format can represent.
    void round()
    {
        const std::vector<std::byte> encoded = bytes();
        format_info(format).dequantize(encoded.data(), values.data(), static_cast<int64_t>(values.size()));
    }
};

class TinyModel {
public:
    explicit TinyModel(unsigned seed)
        : random_(seed)
    {
    }

    void set(std::string key, gguf::Writer::Value value)
    {
        metadata_.emplace_back(std::move(key), std::move(value));
    }

    void replace(std::string_view key, gguf::Writer::Value value)
    {
        std::ranges::find(metadata_, key, &std::pair<std::string, gguf::Writer::Value>::first)->second =
            std::move(value);
    }

    /// Normally distributed around `mean`, with a deviation of 1 / sqrt(row length) unless one is given.
    TinyTensor& add(std::string name, std::vector<int64_t> shape, Format format = Format::f32, float mean = 0,
                    float deviation = 0)
    {
        int64_t n = 1;
        for (const int64_t extent : shape)
            n *= extent;
        if (deviation == 0)
            deviation = 1 / std::sqrt(static_cast<float>(shape[0]));
        TinyTensor tensor{std::move(name), std::move(shape), format,
                          std::vector<float>(static_cast<size_t>(n))};
        std::normal_distribution<float> normal(mean, deviation);
        std::ranges::generate(tensor.values, [&] { return normal(random_); });
        tensor.round();
        return tensors_.emplace_back(std::move(tensor));
    }

    /// Weights around 1, or biases around 0 with `mean` 0.
    TinyTensor& addVector(std::string name, int64_t n, float mean)
    {
        return add(std::move(name), {n}, Format::f32, mean, 0.1f);
    }

    [[nodiscard]] std::vector<TinyTensor>& tensors() { return tensors_; }
    [[nodiscard]] const std::vector<TinyTensor>& tensors() const { return tensors_; }
    [[nodiscard]] TinyTensor& tensor(std::string_view name)
    {
        return *std::ranges::find(tensors_, name, &TinyTensor::name);
    }
    [[nodiscard]] const TinyTensor& tensor(std::string_view name) const
    {
        return *std::ranges::find(tensors_, name, &TinyTensor::name);
    }

    [[nodiscard]] bool contains(std::string_view name) const
    {
        return std::ranges::count(tensors_, name, &TinyTensor::name) > 0;
    }

    [[nodiscard]] Status write(const std::filesystem::path& path) const
    {
        gguf::Writer writer;
        for (const auto& [key, value] : metadata_)
            writer.set(key, value);
        for (const TinyTensor& tensor : tensors_)
            writer.add_tensor(tensor.name, tensor.format, tensor.shape);
        TRY_STATUS(writer.begin(path));
        for (const TinyTensor& tensor : tensors_)
            TRY_STATUS(writer.write(tensor.bytes()));
        return writer.finish();
    }

private:
    std::mt19937 random_;
    std::vector<std::pair<std::string, gguf::Writer::Value>> metadata_;
    std::vector<TinyTensor> tensors_;
};

} // namespace rocmforge::test
