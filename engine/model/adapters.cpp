#include "model/adapters.h"

#include "gguf/quoted.h"
#include "model/finite.h"

#include <algorithm>
#include <utility>

namespace rocmforge {
namespace {

constexpr std::string_view a_suffix = ".lora_a";
constexpr std::string_view b_suffix = ".lora_b";
/// Of tensors whose parts are the other way round: rows of up are looked up like the table's own.
constexpr std::string_view table_suffix = "token_embd.weight";
constexpr std::string_view made_for_this = "Choose an adapter that was made for this very model.";

std::string file_name(const gguf::File& file)
{
    return file.paths().front().filename().string();
}

Status check_kind(const gguf::File& file)
{
    const gguf::Metadata& metadata = file.metadata();
    TRY(const std::string_view type, metadata.string("general.type", ""));
    TRY(const std::string_view kind, metadata.string("adapter.type", ""));
    if (type != "adapter")
        return fail(ErrorKind::unsupported, file_name(file) + " is not an adapter.",
                    "Give it as the model, or choose a LoRA adapter in a GGUF file.");
    if (kind != "lora")
        return fail(ErrorKind::unsupported,
                    file_name(file) + " is an adapter of the kind " + gguf::quoted(kind)
                        + "; only LoRA adapters are supported.",
                    "Choose a LoRA adapter.");
    if (metadata.contains("adapter.alora.invocation_tokens"))
        return fail(ErrorKind::unsupported,
                    file_name(file) + " is an adapter that certain tokens switch on, which is not supported.",
                    "Choose an adapter that always applies.");
    return {};
}

std::unexpected<Error> wrong_shape(std::string_view name, const gguf::TensorInfo& a,
                                   const gguf::TensorInfo& b, const gguf::TensorInfo& tensor)
{
    const auto shape = [](const gguf::TensorInfo& info) {
        std::string text = std::to_string(info.shape[0]) + " × " + std::to_string(info.shape[1]);
        return info.shape[2] > 1 ? text + " × " + std::to_string(info.shape[2]) : text;
    };
    return fail(ErrorKind::shape_mismatch,
                "The adapter's parts for " + gguf::quoted(name) + ", " + shape(a) + " and " + shape(b)
                    + ", do not fit the model's tensor of " + shape(tensor) + ".",
                std::string(made_for_this));
}

/// "blk.0.attn_q.weight" for either part of the pair that changes it; empty for other tensors.
std::string_view changed_tensor(std::string_view name)
{
    for (const std::string_view suffix : {a_suffix, b_suffix})
        if (name.ends_with(suffix))
            return name.substr(0, name.size() - suffix.size());
    return {};
}

/// (n_rows, columns) to (columns, n_rows).
std::vector<float> transpose(const std::vector<float>& rows, int64_t n_rows)
{
    const int64_t n_columns = std::ssize(rows) / n_rows;
    std::vector<float> columns(rows.size());
    for (int64_t r = 0; r < n_rows; ++r)
        for (int64_t c = 0; c < n_columns; ++c)
            columns[static_cast<size_t>(c * n_rows + r)] = rows[static_cast<size_t>(r * n_columns + c)];
    return columns;
}

} // namespace

Status Adapters::add(const std::filesystem::path& path, float scale)
{
    TRY(gguf::File opened, gguf::File::open(path));
    const gguf::File& file = *files_.emplace_back(std::make_unique<const gguf::File>(std::move(opened)));
    TRY_STATUS(check_kind(file));
    TRY(const double alpha, file.metadata().number("adapter.lora.alpha", 0.0));
    std::set<std::string_view> changed;
    for (const gguf::TensorInfo& tensor : file.tensors()) {
        if (const std::string_view name = changed_tensor(tensor.name); !name.empty())
            changed.insert(name);
        else if (tensor.name.ends_with("_norm.weight"))
            warnings_.push_back(file_name(file) + " replaces " + gguf::quoted(tensor.name)
                                + ", which is not supported: the model's own is used.");
        else
            return fail(ErrorKind::unsupported,
                        file_name(file) + " holds " + gguf::quoted(tensor.name)
                            + ", which is no part of a LoRA adapter.",
                        "Choose another conversion of the adapter.");
    }
    for (const std::string_view name : changed)
        TRY_STATUS(add_pair(file, name, static_cast<float>(alpha), scale));
    return {};
}

Status Adapters::add_pair(const gguf::File& file, std::string_view name, float alpha, float scale)
{
    const auto* a = file.find_tensor(std::string(name) + std::string(a_suffix));
    const auto* b = file.find_tensor(std::string(name) + std::string(b_suffix));
    if (!a || !b)
        return fail(ErrorKind::missing_tensor,
                    file_name(file) + " holds only one of the two parts for " + gguf::quoted(name) + ".",
                    "Download the adapter again or choose another conversion of it.");
    for (const gguf::TensorInfo* part : {a, b})
        if (!all_finite(part->format, part->data))
            return fail(ErrorKind::non_finite_weights,
                        "Tensor " + gguf::quoted(part->name) + " holds values that are not finite numbers.",
                        "Download the adapter again.");
    Pair pair{&file, a, b, name.ends_with(table_suffix), scale};
    if (alpha != 0)
        pair.scale *= alpha / static_cast<float>(pair.rank());
    pairs_.emplace(name, pair);
    return {};
}

Status Adapters::check(const gguf::File& model, const std::set<std::string_view>& matrices) const
{
    TRY(const std::string_view architecture, model.metadata().string("general.architecture"));
    for (const auto& file : files_) {
        TRY(const std::string_view made_for, file->metadata().string("general.architecture"));
        if (made_for != architecture)
            return fail(ErrorKind::unsupported,
                        file_name(*file) + " is an adapter for models of the architecture "
                            + gguf::quoted(made_for) + "; this model's is " + gguf::quoted(architecture)
                            + ".",
                        std::string(made_for_this));
    }
    for (const auto& [name, pair] : pairs_) {
        if (!matrices.contains(name))
            return fail(ErrorKind::missing_tensor,
                        file_name(*pair.file) + " changes " + gguf::quoted(name)
                            + ", which is not among the model's matrices.",
                        std::string(made_for_this));
        TRY_STATUS(check_pair(name, pair, *model.find_tensor(name)));
    }
    return {};
}

Status Adapters::check_pair(std::string_view name, const Pair& pair, const gguf::TensorInfo& tensor) const
{
    const gguf::TensorInfo &a = *pair.a, &b = *pair.b;
    const bool fits = pair.of_table
        ? a.shape == std::array{pair.rank(), tensor.shape[1], int64_t{1}, int64_t{1}}
            && b.shape == std::array{pair.rank(), tensor.shape[0], int64_t{1}, int64_t{1}}
        : a.shape == std::array{tensor.shape[0], pair.rank(), tensor.shape[2], tensor.shape[3]}
            && b.shape == std::array{pair.rank(), tensor.shape[1], tensor.shape[2], tensor.shape[3]};
    return fits ? Status() : wrong_shape(name, a, b, tensor);
}

Status Adapters::attach(Weight& weight, const WeightRows& rows, Backend& backend)
{
    const auto [first, last] = pairs_.equal_range(rows.tensor.name);
    for (auto pair = first; pair != last; ++pair) {
        if (pair->second.scale == 0)
            continue;
        TRY(Adapter adapter, upload_pair(pair->second, rows, backend));
        adapter.next = weight.adapter;
        weight.adapter = &attached_.emplace_back(adapter);
    }
    return {};
}

Result<Adapter> Adapters::upload_pair(const Pair& pair, const WeightRows& rows, Backend& backend)
{
    // Of tensors with a third dimension, such as experts, each slice has a pair of its own.
    const int64_t n_out = rows.tensor.shape[1];
    const int64_t slice = rows.first / n_out;
    if (rows.gathered || rows.first % n_out + rows.count > n_out)
        return fail(ErrorKind::unsupported,
                    "An adapter for " + gguf::quoted(rows.tensor.name) + " is not supported.",
                    "Choose another adapter.");
    const int64_t down_rows = pair.down().shape[1];
    const Factor down{pair.down(), slice * down_rows, down_rows, pair.of_table};
    const Factor up{pair.up(), rows.first, rows.count, false};
    Adapter adapter{.scale = pair.scale};
    const auto flipped = [](Factor factor) {
        factor.transposed = !factor.transposed;
        return factor;
    };
    TRY(adapter.down, upload(rows.transposed ? flipped(up) : down, backend));
    TRY(adapter.up, upload(rows.transposed ? flipped(down) : up, backend));
    return adapter;
}

/// Formats of single numbers are used as they are; the others cannot be transposed, and ranks are no
/// multiples of their blocks.
Result<Weight> Adapters::upload(const Factor& factor, Backend& backend)
{
    const gguf::TensorInfo& tensor = factor.tensor;
    const int64_t n_in = tensor.shape[0];
    const auto row_bytes = static_cast<size_t>(format_bytes(tensor.format, n_in));
    const auto bytes = tensor.data.subspan(static_cast<size_t>(factor.first_row) * row_bytes,
                                           static_cast<size_t>(factor.n_rows) * row_bytes);
    if (format_info(tensor.format).block_weights == 1 && !factor.transposed)
        return backend.upload_matrix(tensor.format, n_in, factor.n_rows, bytes);
    std::vector<float> values(static_cast<size_t>(n_in * factor.n_rows));
    format_info(tensor.format).dequantize(bytes.data(), values.data(), std::ssize(values));
    rearranged_.push_back(factor.transposed ? transpose(values, factor.n_rows) : std::move(values));
    const int64_t row_length = factor.transposed ? factor.n_rows : n_in;
    const int64_t n_rows = factor.transposed ? n_in : factor.n_rows;
    return backend.upload_matrix(Format::f32, row_length, n_rows,
                                 std::as_bytes(std::span(rearranged_.back())));
}

} // namespace rocmforge
