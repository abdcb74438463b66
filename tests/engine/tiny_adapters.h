// LoRA adapters for tiny decoders, and what those become when adapters are merged into them.
#pragma once

#include "tiny_decoders.h"

#include <cmath>

namespace rocmforge::test {

struct Lora {
    int64_t rank = 4;
    float alpha = 0; ///< 0 = the file has none
    float scale = 1; ///< given with the file
    Format format = Format::f32;

    [[nodiscard]] float factor() const { return alpha > 0 ? scale * alpha / float(rank) : scale; }
};

inline bool isTable(const TinyTensor& tensor)
{
    return tensor.name == "token_embd.weight";
}

inline void setAdapterKind(TinyModel& adapter, const std::string& architecture)
{
    adapter.set("general.architecture", architecture);
    adapter.set("general.type", std::string("adapter"));
    adapter.set("adapter.type", std::string("lora"));
}

/// An adapter for every matrix of the model.
inline TinyModel adapterFor(TinyModel& model, const std::string& architecture, const Lora& lora,
                            unsigned seed)
{
    TinyModel adapter(seed);
    setAdapterKind(adapter, architecture);
    if (lora.alpha > 0)
        adapter.set("adapter.lora.alpha", lora.alpha);
    for (const TinyTensor& tensor : model.tensors()) {
        if (tensor.shape.size() == 1)
            continue;
        std::vector<int64_t> a = tensor.shape, b = tensor.shape;
        a[isTable(tensor) ? 0 : 1] = lora.rank;
        b[0] = lora.rank;
        if (isTable(tensor))
            b[1] = tensor.shape[0];
        const float deviation = 0.3f / std::sqrt(float(tensor.shape[0]));
        adapter.add(tensor.name + ".lora_a", a, lora.format, 0, deviation);
        adapter.add(tensor.name + ".lora_b", b, lora.format, 0, 0.5f);
    }
    return adapter;
}

/// values (slices, rows, columns) += factor · b · a, and of a table factor · a · b.
inline void addProduct(TinyTensor& tensor, const TinyTensor& a, const TinyTensor& b, float factor)
{
    const bool table = isTable(tensor);
    const int64_t columns = tensor.shape[0], rows = tensor.shape[1], rank = b.shape[0];
    for (size_t i = 0; i < tensor.values.size(); ++i) {
        const int64_t column = int64_t(i) % columns, row = int64_t(i) / columns % rows;
        const int64_t slice = int64_t(i) / columns / rows;
        double sum = 0;
        for (int64_t r = 0; r < rank; ++r) {
            const int64_t in_a = table ? row * rank + r : (slice * rank + r) * columns + column;
            const int64_t in_b = table ? column * rank + r : (slice * rows + row) * rank + r;
            sum += double(a.values[size_t(in_a)]) * double(b.values[size_t(in_b)]);
        }
        tensor.values[i] += float(factor * sum);
    }
    tensor.format = Format::f32;
}

inline void merge(TinyModel& model, const TinyModel& adapter, const Lora& lora)
{
    for (TinyTensor& tensor : model.tensors())
        if (tensor.shape.size() > 1)
            addProduct(tensor, adapter.tensor(tensor.name + ".lora_a"),
                       adapter.tensor(tensor.name + ".lora_b"), lora.factor());
}

/// Models whose matrices are met in all the ways that adapters change.
struct AdaptedKind {
    const char* architecture;
    TinyModel (*make)(Format);
};

inline constexpr AdaptedKind adaptedKinds[] = {{"llama", dense},      {"gemma", tied},
                                               {"phi3", merged},      {"mpt", clamped},
                                               {"qwen3moe", experts}, {"deepseek2", latent}};

} // namespace rocmforge::test
