#include "gguf/tensor_directory.h"

#include "gguf/quoted.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace rocmforge::gguf {
namespace {

constexpr const char* damaged_file = "The file is damaged; download it again.";
constexpr uint32_t max_dims = 4;
constexpr int64_t max_weights = int64_t(1) << 56; // so that no size in bytes overflows
constexpr uint32_t bare_codes_type = 36;
constexpr uint64_t bare_codes_tail = 32; // the scale, and nothing

constexpr uint64_t smallest_entry = 8 + 1 + 4 + 4 + 8; // name of one byte, no dimensions, type, offset

Status read_shape(Reader& reader, TensorInfo& tensor)
{
    TRY(const auto n_dims, reader.number<uint32_t>("the tensor directory"));
    if (n_dims > max_dims)
        return fail(ErrorKind::bad_dimensions,
                    "Tensor " + quoted(tensor.name) + " has " + std::to_string(n_dims)
                        + " dimensions, more than four.",
                    damaged_file);
    tensor.n_dims = static_cast<int>(n_dims);
    int64_t n_weights = 1;
    for (uint32_t i = 0; i < n_dims; ++i) {
        TRY(const auto extent, reader.number<uint64_t>("the tensor directory"));
        if (extent == 0 || extent > static_cast<uint64_t>(max_weights / n_weights))
            return fail(ErrorKind::bad_dimensions,
                        "Dimension " + std::to_string(i) + " of tensor " + quoted(tensor.name) + " is "
                            + std::to_string(extent) + ", which no tensor can have.",
                        damaged_file);
        tensor.shape[i] = static_cast<int64_t>(extent);
        n_weights *= tensor.shape[i];
    }
    return {};
}

Status read_format(Reader& reader, TensorInfo& tensor)
{
    TRY(const auto type_id, reader.number<uint32_t>("the tensor directory"));
    tensor.has_bare_codes = type_id == bare_codes_type;
    const auto format = tensor.has_bare_codes ? Format::tq2_0 : format_from_gguf(type_id);
    if (!format)
        return fail(ErrorKind::unknown_tensor_type,
                    "Tensor " + quoted(tensor.name) + " is stored in tensor type " + std::to_string(type_id)
                        + ", which is unknown here.",
                    "Use a file in another quantization, such as Q4_K_M or Q8_0.");
    const FormatInfo& info = format_info(*format);
    if (tensor.shape[0] % info.block_weights != 0)
        return fail(ErrorKind::bad_dimensions,
                    "Rows of tensor " + quoted(tensor.name) + " have " + std::to_string(tensor.shape[0])
                        + " weights, not a multiple of the " + std::to_string(info.block_weights) + " of a "
                        + std::string(info.name) + " block.",
                    damaged_file);
    tensor.format = *format;
    return {};
}

Result<TensorInfo> read_tensor(Reader& reader)
{
    TensorInfo tensor;
    TRY(tensor.name, reader.string("a tensor's name"));
    TRY_STATUS(read_shape(reader, tensor));
    TRY_STATUS(read_format(reader, tensor));
    return tensor;
}

std::vector<size_t> indices(size_t count)
{
    std::vector<size_t> result(count);
    std::iota(result.begin(), result.end(), size_t(0));
    return result;
}

uint64_t stored_bytes(const TensorInfo& tensor)
{
    const auto rows = static_cast<uint64_t>(tensor.n_weights() / tensor.shape[0] * tensor.row_bytes());
    return tensor.has_bare_codes ? rows + bare_codes_tail : rows;
}

/// Parts the scale from the codes before it.
void take_scale(TensorInfo& tensor)
{
    const std::span<const std::byte> tail = tensor.data.last(bare_codes_tail);
    std::memcpy(&tensor.scale, tail.data(), sizeof tensor.scale);
    tensor.data = tensor.data.first(tensor.data.size() - bare_codes_tail);
}

/// `expected_offset` is where a file without gaps would have put this tensor.
std::unexpected<Error> outside_file(const TensorInfo& tensor, uint64_t offset, uint64_t expected_offset,
                                    uint64_t available)
{
    if (offset == expected_offset)
        return fail(ErrorKind::truncated,
                    "The file ends inside the data of tensor " + quoted(tensor.name) + ", after "
                        + std::to_string(available) + " bytes of tensor data.",
                    "It was probably not downloaded completely; download it again.");
    return fail(ErrorKind::out_of_bounds,
                "Tensor " + quoted(tensor.name) + " lies at offset " + std::to_string(offset)
                    + ", outside the file.",
                damaged_file);
}

} // namespace

Result<TensorDirectory> read_tensor_directory(Reader& reader, uint64_t count, MemoryBudget& budget)
{
    if (count > reader.size() / smallest_entry)
        return fail(ErrorKind::implausible_count,
                    "The file announces " + std::to_string(count) + " tensors, more than it can hold.",
                    damaged_file);
    TRY_STATUS(budget.spend(count, sizeof(TensorInfo) + sizeof(uint64_t) + sizeof(size_t)));
    TensorDirectory directory;
    directory.tensors.reserve(count);
    directory.offsets.reserve(count);
    for (uint64_t i = 0; i < count; ++i) {
        TRY(const TensorInfo tensor, read_tensor(reader));
        TRY(const auto offset, reader.number<uint64_t>("the tensor directory"));
        directory.tensors.push_back(tensor);
        directory.offsets.push_back(offset);
    }
    return directory;
}

Result<uint64_t> place_tensors(TensorDirectory& directory, std::span<const std::byte> data,
                               uint64_t alignment)
{
    auto order = indices(directory.tensors.size());
    std::ranges::sort(order, {}, [&](size_t i) { return directory.offsets[i]; });
    uint64_t end = 0; // of the tensor before
    for (const size_t i : order) {
        TensorInfo& tensor = directory.tensors[i];
        const uint64_t offset = directory.offsets[i];
        const uint64_t size = stored_bytes(tensor);
        if (offset % alignment != 0)
            return fail(ErrorKind::misaligned,
                        "Tensor " + quoted(tensor.name) + " lies at offset " + std::to_string(offset)
                            + ", not a multiple of the file's alignment " + std::to_string(alignment) + ".",
                        damaged_file);
        if (offset > data.size() || size > data.size() - offset)
            return outside_file(tensor, offset, (end + alignment - 1) / alignment * alignment, data.size());
        if (offset < end)
            return fail(ErrorKind::overlap,
                        "Tensor " + quoted(tensor.name) + " shares bytes with another tensor.", damaged_file);
        tensor.data = data.subspan(offset, size);
        if (tensor.has_bare_codes)
            take_scale(tensor);
        end = offset + size;
    }
    return end;
}

Result<std::vector<size_t>> sort_by_name(std::span<const TensorInfo> tensors)
{
    const auto name = [tensors](size_t i) { return tensors[i].name; };
    auto order = indices(tensors.size());
    std::ranges::sort(order, {}, name);
    const auto twin = std::ranges::adjacent_find(order, {}, name);
    if (twin != order.end())
        return fail(ErrorKind::duplicate_tensor, "There are two tensors named " + quoted(name(*twin)) + ".",
                    damaged_file);
    return order;
}

} // namespace rocmforge::gguf
