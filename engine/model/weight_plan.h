// Which tensor goes where. A plan is made, and every tensor checked, before anything is uploaded,
// so that a broken file is refused at once and forward() cannot fail on it.
#pragma once

#include "backend/backend.h"
#include "gguf/gguf.h"
#include "model/adapters.h"

#include <rocmforge/error.h>

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rocmforge {

/// One side of a tensor, with the name by which errors call it: "embedding length".
struct Extent {
    int64_t size = 0;
    std::string_view name;
};

/// Rows first … first + n - 1.
struct RowRange {
    int64_t first = 0;
    int64_t n = 0;
};

/// Consecutive rows of a tensor, and of the bias beside it, that are a weight of their own.
struct RowBlock {
    Weight* weight = nullptr;
    const float** bias = nullptr;
    int64_t n_out = 0;
};

class WeightPlan {
public:
    /// File and adapters must outlive the plan; so must every destination until upload().
    WeightPlan(const gguf::File& file, Adapters& adapters)
        : file_(file)
        , adapters_(adapters)
    {
    }

    [[nodiscard]] bool contains(const std::string& name) const { return file_.find_tensor(name) != nullptr; }
    // Shape of a tensor; 0 where the file has no such tensor.
    [[nodiscard]] int64_t n_rows(const std::string& name) const;
    [[nodiscard]] int64_t row_length(const std::string& name) const;

    /// A matrix of (n_out, n_in). missing_tensor or shape_mismatch.
    [[nodiscard]] Status matrix(Weight& to, const std::string& name, Extent n_in, Extent n_out);
    /// A matrix whose rows are several weights, one after the other.
    [[nodiscard]] Status merged(std::span<const RowBlock> blocks, const std::string& name, Extent n_in,
                                Extent n_out);
    /// Rows first_row … first_row + n_rows - 1 of a matrix (n_out, n_in).
    [[nodiscard]] Status rows(Weight& to, const std::string& name, Extent n_in, Extent n_out,
                              int64_t first_row, int64_t n_rows);
    /// Rows first_row … first_row + n_rows - 1 of a matrix (n_out, n_in), transposed: (n_in, n_rows).
    [[nodiscard]] Status transposed(Weight& to, const std::string& name, Extent n_in, Extent n_out,
                                    int64_t first_row, int64_t n_rows);
    /// The rows of these ranges of a matrix (n_out, n_in), one range after the other.
    [[nodiscard]] Status gathered(Weight& to, const std::string& name, Extent n_in, Extent n_out,
                                  std::vector<RowRange> ranges);
    /// A tensor that holds the biases of several weights, one after the other.
    [[nodiscard]] Status merged_biases(std::span<const RowBlock> blocks, const std::string& name, Extent n);
    /// (groups, n) numbers, whatever their format.
    [[nodiscard]] Status vector(const float*& to, const std::string& name, Extent n, Extent groups = {1, {}});
    /// n numbers, however the tensor arranges them.
    [[nodiscard]] Status numbers(const float*& to, const std::string& name, Extent n);
    /// Like vector() where the file has it; `to` stays null where not.
    [[nodiscard]] Status optional_vector(const float*& to, const std::string& name, Extent n,
                                         Extent groups = {1, {}});
    /// n ones: the weight of a norm without weights, as backends know it.
    [[nodiscard]] Status ones(const float*& to, int64_t n);
    /// The factor on products with the matrix `name`.weight: that of `name`.scale, or what lies beside its
    /// codes; 1 where there is none. non_finite_weights.
    [[nodiscard]] Result<float> scale(const std::string& name);
    /// Reads a vector now. non_finite_weights.
    [[nodiscard]] Result<std::vector<float>> read(const std::string& name, Extent n);

    /// The device of what is planned from now on, see Placement.
    void place_on(int device) { device_ = device; }
    /// Tensors whose names start so are not part of the model.
    void ignore(std::string prefix) { ignored_.push_back(std::move(prefix)); }
    /// unsupported, naming the first tensor of the file that has no place in the plan: computing
    /// without it would give wrong answers. So would computing without a part of an adapter: the
    /// errors of Adapters::check().
    [[nodiscard]] Status check_complete() const;
    /// Fills all destinations, each from its device. `progress` as in ModelLoading.
    [[nodiscard]] Status upload(std::span<Backend* const> backends,
                                const std::function<bool(double)>& progress);
    /// Makes the same calls with data that means nothing, and reads none.
    [[nodiscard]] Status rehearse(std::span<Backend* const> backends);
    /// The bytes of rearranged weights, which must live as long as the model.
    [[nodiscard]] std::vector<std::vector<std::byte>> take_rearranged() { return std::move(rearranged_); }

private:
    enum class Arrangement { as_stored, transposed, gathered };

    struct Ones {
        const float** to = nullptr;
        int64_t n = 0;
        int device = 0;
    };

    struct Step {
        int device = 0;
        const gguf::TensorInfo* tensor = nullptr;
        std::span<const std::byte> data;
        int64_t n_rows = 0; ///< of a matrix; elements of a vector
        Weight* matrix = nullptr;
        const float** vector = nullptr; ///< set where matrix is null
        Arrangement arrangement = Arrangement::as_stored;
        std::vector<RowRange> ranges = {}; ///< of gathered rows

        [[nodiscard]] WeightRows rows() const;
        /// Bytes and format of the matrix.
        [[nodiscard]] int64_t matrix_bytes() const;
        [[nodiscard]] Format matrix_format() const;
    };

    [[nodiscard]] Result<const gguf::TensorInfo*> find_shaped(const std::string& name, Extent n_in,
                                                              Extent n_out);
    /// A tensor of n elements, however they are arranged.
    [[nodiscard]] Result<const gguf::TensorInfo*> find_sized(const std::string& name, Extent n);
    [[nodiscard]] Status fill_ones(std::span<Backend* const> backends);
    void sort_steps();
    [[nodiscard]] Status run(const Step& step, Backend& backend);
    [[nodiscard]] Status rehearse(const Step& step, Backend& backend);
    [[nodiscard]] Status upload_bare_codes(const Step& step, Backend& backend);
    [[nodiscard]] Status upload_transposed(const Step& step, Backend& backend);
    [[nodiscard]] Status upload_gathered(const Step& step, Backend& backend);

    const gguf::File& file_;
    Adapters& adapters_;
    std::vector<Step> steps_;
    std::vector<Ones> ones_;
    int device_ = 0;
    std::set<std::string_view> used_;
    std::set<std::string_view> scaled_; ///< matrices whose products are scaled
    std::vector<std::string> ignored_;
    std::vector<std::vector<std::byte>> rearranged_;
};

} // namespace rocmforge
