#include "model/weight_plan.h"

#include "gguf/quoted.h"
#include "model/finite.h"
#include "quant/ternary.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace rocmforge {
namespace {

constexpr std::string_view download_again =
    "Download the file again or choose another conversion of the model.";

std::string shape_text(const gguf::TensorInfo& tensor)
{
    std::string text;
    for (size_t i = 0; i < static_cast<size_t>(tensor.n_dims); ++i)
        text += (i ? " × " : "") + std::to_string(tensor.shape[i]);
    return text;
}

std::unexpected<Error> wrong_shape(const gguf::TensorInfo& tensor, Extent n_in, Extent n_out)
{
    std::string expected = std::to_string(n_in.size);
    std::string meaning(n_in.name);
    if (!n_out.name.empty()) {
        expected += " × " + std::to_string(n_out.size);
        meaning += " × " + std::string(n_out.name);
    }
    return fail(ErrorKind::shape_mismatch,
                "Tensor " + gguf::quoted(tensor.name) + " has the shape " + shape_text(tensor)
                    + "; the model needs " + expected + " (" + meaning + ").",
                std::string(download_again));
}

std::unexpected<Error> not_finite(std::string_view tensor_name)
{
    return fail(ErrorKind::non_finite_weights,
                "Tensor " + gguf::quoted(tensor_name) + " holds values that are not finite numbers.",
                std::string(download_again));
}

Result<std::vector<float>> read_finite(const gguf::TensorInfo& tensor, std::span<const std::byte> data,
                                       int64_t n)
{
    std::vector<float> values(static_cast<size_t>(n));
    format_info(tensor.format).dequantize(data.data(), values.data(), n);
    if (!all_finite(values))
        return not_finite(tensor.name);
    return values;
}

/// A block's weights lie along a row, so that quantized ones cannot keep their format.
Format transposed_format(Format format)
{
    return format_info(format).block_weights == 1 ? format : Format::f16;
}

} // namespace

Result<const gguf::TensorInfo*> WeightPlan::find_shaped(const std::string& name, Extent n_in, Extent n_out)
{
    const gguf::TensorInfo* tensor = file_.find_tensor(name);
    if (!tensor)
        return fail(ErrorKind::missing_tensor, "The file lacks the tensor " + gguf::quoted(name) + ".",
                    std::string(download_again));
    if (tensor->shape[0] != n_in.size || tensor->n_weights() != n_in.size * n_out.size)
        return wrong_shape(*tensor, n_in, n_out);
    used_.insert(tensor->name);
    return tensor;
}

int64_t WeightPlan::n_rows(const std::string& name) const
{
    const gguf::TensorInfo* tensor = file_.find_tensor(name);
    return tensor ? tensor->shape[1] : 0;
}

int64_t WeightPlan::row_length(const std::string& name) const
{
    const gguf::TensorInfo* tensor = file_.find_tensor(name);
    return tensor ? tensor->shape[0] : 0;
}

Status WeightPlan::matrix(Weight& to, const std::string& name, Extent n_in, Extent n_out)
{
    const RowBlock all_rows{&to, nullptr, n_out.size};
    return merged({&all_rows, 1}, name, n_in, n_out);
}

Status WeightPlan::merged(std::span<const RowBlock> blocks, const std::string& name, Extent n_in,
                          Extent n_out)
{
    TRY(const gguf::TensorInfo* tensor, find_shaped(name, n_in, n_out));
    const auto row_bytes = static_cast<size_t>(tensor->row_bytes());
    size_t offset = 0;
    for (const RowBlock& block : blocks) {
        const size_t bytes = row_bytes * static_cast<size_t>(block.n_out);
        steps_.push_back({device_, tensor, tensor->data.subspan(offset, bytes), block.n_out, block.weight,
                          nullptr, Arrangement::as_stored});
        offset += bytes;
    }
    return {};
}

Status WeightPlan::rows(Weight& to, const std::string& name, Extent n_in, Extent n_out, int64_t first_row,
                        int64_t n_rows)
{
    TRY(const gguf::TensorInfo* tensor, find_shaped(name, n_in, n_out));
    const auto row_bytes = static_cast<size_t>(tensor->row_bytes());
    const auto data = tensor->data.subspan(static_cast<size_t>(first_row) * row_bytes,
                                           static_cast<size_t>(n_rows) * row_bytes);
    steps_.push_back({device_, tensor, data, n_rows, &to, nullptr, Arrangement::as_stored});
    return {};
}

Status WeightPlan::transposed(Weight& to, const std::string& name, Extent n_in, Extent n_out,
                              int64_t first_row, int64_t n_rows)
{
    TRY_STATUS(rows(to, name, n_in, n_out, first_row, n_rows));
    steps_.back().arrangement = Arrangement::transposed;
    return {};
}

Status WeightPlan::gathered(Weight& to, const std::string& name, Extent n_in, Extent n_out,
                            std::vector<RowRange> ranges)
{
    TRY_STATUS(rows(to, name, n_in, n_out, 0, n_out.size));
    steps_.back().arrangement = Arrangement::gathered;
    steps_.back().ranges = std::move(ranges);
    return {};
}

Result<const gguf::TensorInfo*> WeightPlan::find_sized(const std::string& name, Extent n)
{
    const gguf::TensorInfo* tensor = file_.find_tensor(name);
    if (!tensor || tensor->n_weights() != n.size)
        return find_shaped(name, n, {1, {}});
    used_.insert(tensor->name);
    return tensor;
}

Status WeightPlan::merged_biases(std::span<const RowBlock> blocks, const std::string& name, Extent n)
{
    TRY(const gguf::TensorInfo* tensor, find_sized(name, n));
    size_t offset = 0;
    for (const RowBlock& block : blocks) {
        if (block.n_out % format_info(tensor->format).block_weights)
            return fail(ErrorKind::unsupported,
                        "The parts of tensor " + gguf::quoted(name) + " are not whole blocks of its format.",
                        std::string(download_again));
        const auto bytes = static_cast<size_t>(format_bytes(tensor->format, block.n_out));
        steps_.push_back({device_, tensor, tensor->data.subspan(offset, bytes), block.n_out, nullptr,
                          block.bias, Arrangement::as_stored});
        offset += bytes;
    }
    return {};
}

Status WeightPlan::vector(const float*& to, const std::string& name, Extent n, Extent groups)
{
    TRY(const gguf::TensorInfo* tensor, find_shaped(name, n, groups));
    steps_.push_back(
        {device_, tensor, tensor->data, n.size * groups.size, nullptr, &to, Arrangement::as_stored});
    return {};
}

Status WeightPlan::numbers(const float*& to, const std::string& name, Extent n)
{
    TRY(const gguf::TensorInfo* tensor, find_sized(name, n));
    steps_.push_back({device_, tensor, tensor->data, n.size, nullptr, &to, Arrangement::as_stored});
    return {};
}

Status WeightPlan::optional_vector(const float*& to, const std::string& name, Extent n, Extent groups)
{
    if (!contains(name))
        return {};
    return vector(to, name, n, groups);
}

Status WeightPlan::ones(const float*& to, int64_t n)
{
    ones_.push_back({&to, n, device_});
    return {};
}

Result<float> WeightPlan::scale(const std::string& name)
{
    const std::string tensor = name + ".scale";
    const gguf::TensorInfo* matrix = file_.find_tensor(name + ".weight");
    float scale = matrix ? matrix->scale : 1;
    if (row_length(tensor) == 1) { // Some routers have one for each input.
        TRY(const std::vector<float> stored, read(tensor, {1, "scale"}));
        scale *= stored.front();
    }
    if (!std::isfinite(scale) || scale == 0)
        return fail(ErrorKind::non_finite_weights,
                    "The scale of tensor " + gguf::quoted(name + ".weight") + " is 0 or not a number.",
                    std::string(download_again));
    if (matrix && scale != 1)
        scaled_.insert(matrix->name);
    return scale;
}

Result<std::vector<float>> WeightPlan::read(const std::string& name, Extent n)
{
    TRY(const gguf::TensorInfo* tensor, find_shaped(name, n, {1, {}}));
    return read_finite(*tensor, tensor->data, n.size);
}

Status WeightPlan::check_complete() const
{
    const auto ignored = [&](std::string_view name) {
        return std::ranges::any_of(ignored_,
                                   [&](const std::string& prefix) { return name.starts_with(prefix); });
    };
    for (const gguf::TensorInfo& tensor : file_.tensors())
        if (!used_.contains(tensor.name) && !ignored(tensor.name))
            return fail(ErrorKind::unsupported,
                        "Tensor " + gguf::quoted(tensor.name)
                            + " has no place in this architecture as ROCmForge knows it.",
                        "Choose another conversion of the model, or a newer version of ROCmForge.");
    // What an adapter adds is not scaled as the matrix is.
    std::set<std::string_view> matrices;
    for (const Step& step : steps_) {
        const bool scaled = scaled_.contains(step.tensor->name);
        if (step.tensor->has_bare_codes && (!scaled || step.arrangement != Arrangement::as_stored))
            return fail(ErrorKind::unsupported,
                        "Tensor " + gguf::quoted(step.tensor->name)
                            + " has one scale for all of it, which is not supported in this place.",
                        "Choose another conversion of the model.");
        if (step.matrix && !scaled)
            matrices.insert(step.tensor->name);
    }
    return adapters_.check(file_, matrices);
}

WeightRows WeightPlan::Step::rows() const
{
    const int64_t first = (data.data() - tensor->data.data()) / tensor->row_bytes();
    return {*tensor, first, n_rows, arrangement == Arrangement::transposed,
            arrangement == Arrangement::gathered};
}

Status WeightPlan::fill_ones(std::span<Backend* const> backends)
{
    for (const Ones& ones : ones_) {
        const std::vector<float> values(static_cast<size_t>(ones.n), 1.0f);
        TRY(*ones.to, backends[static_cast<size_t>(ones.device)]->upload_vector(values));
    }
    return {};
}

/// In file order, so that a cold file is read from front to back.
void WeightPlan::sort_steps()
{
    std::ranges::sort(steps_, {}, [](const Step& step) { return step.data.data(); });
}

Status WeightPlan::upload(std::span<Backend* const> backends, const std::function<bool(double)>& progress)
{
    TRY_STATUS(fill_ones(backends));
    sort_steps();
    double total = 0, done = 0;
    for (const Step& step : steps_)
        total += double(step.data.size());
    for (const Step& step : steps_) {
        if (progress && !progress(done / total))
            return fail(ErrorKind::cancelled, "Loading the model was cancelled.");
        TRY_STATUS(run(step, *backends[static_cast<size_t>(step.device)]));
        done += double(step.data.size());
    }
    if (progress)
        static_cast<void>(progress(1.0));
    return {};
}

Status WeightPlan::rehearse(std::span<Backend* const> backends)
{
    TRY_STATUS(fill_ones(backends));
    sort_steps();
    for (const Step& step : steps_)
        TRY_STATUS(rehearse(step, *backends[static_cast<size_t>(step.device)]));
    return {};
}

Status WeightPlan::rehearse(const Step& step, Backend& backend)
{
    if (!step.matrix) {
        TRY(*step.vector, backend.upload_vector(std::vector<float>(static_cast<size_t>(step.n_rows))));
        return {};
    }
    const int64_t n_in = step.tensor->shape[0];
    const Format format = step.matrix_format();
    const bool transposed = step.arrangement == Arrangement::transposed;
    // As much as there would be; nobody reads it.
    const std::span data(step.tensor->data.data(), static_cast<size_t>(step.matrix_bytes()));
    const int64_t n_out = step.matrix_bytes() / format_bytes(format, transposed ? step.n_rows : n_in);
    TRY(*step.matrix, backend.upload_matrix(format, transposed ? step.n_rows : n_in, n_out, data));
    return adapters_.attach(*step.matrix, step.rows(), backend);
}

Format WeightPlan::Step::matrix_format() const
{
    return arrangement == Arrangement::transposed ? transposed_format(tensor->format) : tensor->format;
}

int64_t WeightPlan::Step::matrix_bytes() const
{
    if (arrangement == Arrangement::transposed)
        return format_bytes(matrix_format(), tensor->shape[0] * n_rows);
    int64_t n = n_rows;
    if (arrangement == Arrangement::gathered) {
        n = 0;
        for (const RowRange& range : ranges)
            n += range.n;
    }
    return n * format_bytes(tensor->format, tensor->shape[0]);
}

Status WeightPlan::run(const Step& step, Backend& backend)
{
    const gguf::TensorInfo& tensor = *step.tensor;
    if (!step.matrix) {
        TRY(const std::vector<float> values, read_finite(tensor, step.data, step.n_rows));
        TRY(*step.vector, backend.upload_vector(values));
        return {};
    }
    if (!all_finite(tensor.format, step.data))
        return not_finite(tensor.name);
    if (tensor.has_bare_codes) {
        TRY_STATUS(upload_bare_codes(step, backend));
    } else if (step.arrangement == Arrangement::transposed) {
        TRY_STATUS(upload_transposed(step, backend));
    } else if (step.arrangement == Arrangement::gathered) {
        TRY_STATUS(upload_gathered(step, backend));
    } else {
        TRY(*step.matrix, backend.upload_matrix(tensor.format, tensor.shape[0], step.n_rows, step.data));
    }
    return adapters_.attach(*step.matrix, step.rows(), backend);
}

Status WeightPlan::upload_bare_codes(const Step& step, Backend& backend)
{
    const int64_t n_in = step.tensor->shape[0], n_blocks = step.n_rows * n_in / BlockTQ2_0::weights;
    std::vector<std::byte>& bytes =
        rearranged_.emplace_back(static_cast<size_t>(n_blocks) * sizeof(BlockTQ2_0));
    pack_bare_codes(reinterpret_cast<const uint8_t*>(step.data.data()),
                    reinterpret_cast<BlockTQ2_0*>(bytes.data()), n_blocks);
    TRY(*step.matrix, backend.upload_matrix(step.tensor->format, n_in, step.n_rows, bytes));
    return {};
}

Status WeightPlan::upload_transposed(const Step& step, Backend& backend)
{
    const int64_t n_in = step.tensor->shape[0];
    TRY(const std::vector<float> rows, read_finite(*step.tensor, step.data, step.n_rows * n_in));
    const Format format = step.matrix_format();
    std::vector<float> columns;
    for (int64_t i = 0; i < n_in; ++i)
        for (int64_t row = 0; row < step.n_rows; ++row)
            columns.push_back(rows[static_cast<size_t>(row * n_in + i)]);
    std::vector<std::byte>& bytes =
        rearranged_.emplace_back(static_cast<size_t>(format_bytes(format, std::ssize(columns))));
    format_info(format).quantize(columns.data(), bytes.data(), std::ssize(columns));
    TRY(*step.matrix, backend.upload_matrix(format, step.n_rows, n_in, bytes));
    return {};
}

Status WeightPlan::upload_gathered(const Step& step, Backend& backend)
{
    const int64_t n_in = step.tensor->shape[0];
    const int64_t row_bytes = format_bytes(step.tensor->format, n_in);
    std::vector<std::byte>& bytes = rearranged_.emplace_back();
    for (const RowRange& range : step.ranges) {
        const auto rows = step.data.subspan(static_cast<size_t>(range.first * row_bytes),
                                            static_cast<size_t>(range.n * row_bytes));
        bytes.insert(bytes.end(), rows.begin(), rows.end());
    }
    TRY(*step.matrix, backend.upload_matrix(step.tensor->format, n_in, std::ssize(bytes) / row_bytes, bytes));
    return {};
}

} // namespace rocmforge
