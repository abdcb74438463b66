// Matrix products as launches: which kernel, how many workgroups.
#pragma once

#include "backend/backend.h"
#include "backend/hip/queue.h"
#include "backend/hip/scratch.h"

#include <span>

namespace rocmforge::hip {

/// Up to so many columns the weights are read by vector kernels, one wave per row.
inline constexpr int vector_columns = 8;

/// What products of one input have in common.
struct ProductInput {
    const float* x = nullptr; ///< (n_columns, stride)
    int64_t stride = 0;
    int n_columns = 0;
    device::Rounded rounded{}; ///< x rounded, see RoundedRows; null = products read x itself
    device::PendingNorm pending{}; ///< rounded's
    const uint16_t* halves = nullptr; ///< x for tiles, see device::HalveParameters
    const float* halves_scales = nullptr;
    float scale = 1; ///< on the results
    bool accumulate = false; ///< add to what is in the outputs
};

/// Columns sorted by their matrices, for tiles; see device::GroupParameters.
struct ColumnGroups {
    const device::ColumnTile* tiles = nullptr; ///< null = not sorted
    const int32_t* order = nullptr;
    int n_tiles = 0;
};

/// Each column with a matrix of its own; the fields are those of ProductParameters.
struct MatrixChoice {
    const device::Matrix* matrices = nullptr;
    int n_matrices = 0;
    int n_columns = 0;
    const int32_t* chosen = nullptr;
    const float* column_scales = nullptr;
    int columns_per_x = 1;
    ColumnGroups groups{};
};

/// Whether some of these products of so many columns are faster with rounded activations.
[[nodiscard]] bool wants_codes(std::span<const Projection> outputs, int n_columns);
/// The same of gated_product(), which there must be a kernel for.
[[nodiscard]] bool has_gated_product(const Weight& gate, const Weight& up, int n_columns);

/// Whether all of these products of so many columns read rounded activations and nothing else.
[[nodiscard]] bool takes_codes_alone(std::span<const Projection> outputs, int n_columns);
/// Whether there is a kernel that adds to the residual stream and prepares this norm of it.
[[nodiscard]] bool has_residual_product(const Weight& weight, const Norm& next_norm, int n_columns);

/// Activations rounded to 8 bits with a scale for each 32, made by the launch that computes them where
/// that one can, else by one of their own; or to halves with a scale for each row.
class RoundedRows {
public:
    /// Room for n values, apart from that given out before; null, with the queue's error set, where
    /// there is none.
    [[nodiscard]] device::Rounded reserve(Queue& queue, int64_t n);
    /// Room for the sums of squares of the groups of n values; null as above.
    [[nodiscard]] float* reserve_squares(Queue& queue, int64_t n);
    /// The last launch rounded these rows into what was reserved last.
    void made(const Queue& queue, const float* x);
    /// The same of rows times the norm's weight, of which it left the squares where they were reserved last.
    void made_for(const Queue& queue, const float* x, const Norm& norm);
    /// Whether the last launch made this norm of input.x: then it is the input.
    [[nodiscard]] bool find_normed(const Queue& queue, const Norm& norm, ProductInput& input) const;
    /// Rounds input.x, whose rows must lie one after the other, unless that was done.
    void round(Queue& queue, ProductInput& input);
    /// Adds the first n_in activations of each row of input.x as halves.
    void halve(Queue& queue, ProductInput& input, int64_t n_in);

private:
    [[nodiscard]] bool holds(const Queue& queue, const float* x, const float* norm_weight) const;

    struct Buffer {
        Scratch codes;
        Scratch scales;
    };
    Buffer buffers_[2]; ///< a launch reads one while it writes the other
    device::Rounded last_{};
    int turn_ = 0;
    const float* source_ = nullptr; ///< of what last_ holds
    const float* norm_weight_ = nullptr; ///< what that was multiplied by
    int64_t made_at_ = -1; ///< what the queue had enqueued then
    Scratch squares_;
    float* last_squares_ = nullptr;
    Scratch halves_;
    Scratch halves_scales_;
};

/// h (n_columns, gate.n_out) = activation(x · gateᵀ) ∘ (x · upᵀ) of rounded x; and h rounded.
void multiply_gated(Queue& queue, float* h, const device::Rounded& h_rounded, const Weight& gate,
                    const Weight& up, device::ActivationKind activation, const ProductInput& input);

/// projection.out += x · weightᵀ + bias of rounded x, all · input.scale; and that rounded for next_norm,
/// with its squares.
void multiply_residual(Queue& queue, const Projection& projection, const ProductInput& input,
                       const Norm& next_norm, const device::Rounded& rounded, float* squares);

/// Outputs beside each other whose weights have the same format, or formats that come together often,
/// share a launch.
void multiply(Queue& queue, RoundedRows& rounded, std::span<const Projection> outputs, ProductInput input);

/// Memory of column groups.
class ColumnGrouping {
public:
    /// Sorts a choice's columns; none, with the queue's error set, where there is no memory. Valid until the
    /// next call.
    [[nodiscard]] ColumnGroups group(Queue& queue, const MatrixChoice& choice);

private:
    Scratch tiles_;
    Scratch order_;
};

/// out (choice.n_columns, out_stride), the matrices having `shape`'s format and extent: of input's codes
/// where it has some, of its halves where it has those, and the choice groups, else of input.x.
void multiply_chosen(Queue& queue, float* out, int64_t out_stride, const Weight& shape,
                     const ProductInput& input, const MatrixChoice& choice);

struct GatedMatrices {
    const device::Matrix* gate;
    const device::Matrix* up;
};

/// multiply_gated() of columns that have matrices of their own, all like `shape`.
void multiply_gated_chosen(Queue& queue, float* h, const device::Rounded& h_rounded, const Weight& shape,
                           const GatedMatrices& matrices, device::ActivationKind activation,
                           const ProductInput& input, const MatrixChoice& choice);

/// "product_q4_k_1": the name of a format's kernel.
[[nodiscard]] std::string kernel_name(std::string_view kernel, Format format, std::string_view variant = {});

} // namespace rocmforge::hip
