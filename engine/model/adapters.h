// LoRA adapters from GGUF files: which weights they change, and their upload beside those weights.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"

#include <rocmforge/error.h>

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

/// Rows of a model's tensor that became a weight.
struct WeightRows {
    const gguf::TensorInfo& tensor;
    int64_t first = 0;
    int64_t count = 0;
    bool transposed = false; ///< the weight is (n_in, count)
    bool gathered = false; ///< from several places of the tensor
};

/// Owns the files and all that weights point to; must live as long as the model.
class Adapters {
public:
    /// Opens an adapter, of which `scale` times is added; 0 checks it and adds nothing. Errors of opening
    /// the file; unsupported where it is no LoRA adapter; non_finite_weights.
    [[nodiscard]] Status add(const std::filesystem::path& path, float scale);

    /// unsupported where an adapter was made for another architecture; missing_tensor or
    /// shape_mismatch where it changes what is not among the model's matrices, by name.
    [[nodiscard]] Status check(const gguf::File& model, const std::set<std::string_view>& matrices) const;
    /// Uploads what the adapters add to a weight and hangs it on the weight.
    [[nodiscard]] Status attach(Weight& weight, const WeightRows& rows, Backend& backend);

    /// Parts of the adapters that are not used.
    [[nodiscard]] std::span<const std::string> warnings() const { return warnings_; }

private:
    /// What one adapter adds to one tensor: up · down, kept as the file has them.
    struct Pair {
        const gguf::File* file = nullptr;
        const gguf::TensorInfo* a = nullptr;
        const gguf::TensorInfo* b = nullptr;
        bool of_table = false; ///< a is up (n_rows, rank), and b down's transpose (n_in, rank)
        float scale = 0; ///< alpha / rank included

        [[nodiscard]] const gguf::TensorInfo& down() const { return of_table ? *b : *a; }
        [[nodiscard]] const gguf::TensorInfo& up() const { return of_table ? *a : *b; }
        [[nodiscard]] int64_t rank() const { return b->shape[0]; }
    };
    /// Rows of a tensor that become a matrix of an adapter.
    struct Factor {
        const gguf::TensorInfo& tensor;
        int64_t first_row;
        int64_t n_rows;
        bool transposed;
    };

    [[nodiscard]] Status add_pair(const gguf::File& file, std::string_view name, float alpha, float scale);
    [[nodiscard]] Status check_pair(std::string_view name, const Pair& pair,
                                    const gguf::TensorInfo& tensor) const;
    [[nodiscard]] Result<Adapter> upload_pair(const Pair& pair, const WeightRows& rows, Backend& backend);
    [[nodiscard]] Result<Weight> upload(const Factor& factor, Backend& backend);

    std::vector<std::unique_ptr<const gguf::File>> files_;
    std::multimap<std::string_view, Pair> pairs_; ///< by the name of the tensor they change
    std::deque<Adapter> attached_;
    std::vector<std::vector<float>> rearranged_; ///< matrices that are not in a file as they are used
    std::vector<std::string> warnings_;
};

} // namespace rocmforge
