#include "gguf/gguf.h"
#include "gguf/memory_budget.h"
#include "gguf/quoted.h"
#include "gguf/reader.h"
#include "gguf/tensor_directory.h"

#include <algorithm>
#include <bit>

namespace rocmforge::gguf {
namespace {

constexpr const char* damaged_file = "The file is damaged; download it again.";
constexpr uint64_t longest_key = 65535; // of the specification
constexpr uint64_t map_node_bytes = 48 + sizeof(std::pair<const std::string_view, Value>);

Status read_magic(Reader& reader)
{
    TRY(const auto magic, reader.bytes(4, "its first four bytes"));
    const std::string_view text(reinterpret_cast<const char*>(magic.data()), magic.size());
    if (text != "GGUF")
        return fail(ErrorKind::bad_magic, "This is not a GGUF file: it starts with " + quoted(text) + ".",
                    "Choose a .gguf file; models in other formats must be converted to GGUF first.");
    return {};
}

std::unexpected<Error> bad_version(uint32_t version)
{
    const uint32_t swapped = __builtin_bswap32(version);
    if (swapped == 2 || swapped == 3)
        return fail(ErrorKind::bad_version, "The file is a big-endian GGUF.",
                    "Use the little-endian version of this model.");
    if (version < 2)
        return fail(ErrorKind::bad_version,
                    "The file is GGUF version " + std::to_string(version) + ", which has long been replaced.",
                    "Download a newer conversion of this model.");
    return fail(ErrorKind::bad_version,
                "The file is GGUF version " + std::to_string(version) + "; versions 2 and 3 can be read.",
                "Look for a newer version of ROCmForge.");
}

Result<uint32_t> read_version(Reader& reader)
{
    TRY(const auto version, reader.number<uint32_t>("its version"));
    if (version != 2 && version != 3)
        return bad_version(version);
    return version;
}

/// Bytes of one element; of a string, the fewest it can take; 0 for an unknown type.
uint64_t smallest_element(ValueType type)
{
    switch (type) {
    case ValueType::uint8:
    case ValueType::int8:
    case ValueType::boolean:
        return 1;
    case ValueType::uint16:
    case ValueType::int16:
        return 2;
    case ValueType::uint32:
    case ValueType::int32:
    case ValueType::float32:
        return 4;
    case ValueType::string:
    case ValueType::uint64:
    case ValueType::int64:
    case ValueType::float64:
        return 8;
    case ValueType::array:
        break;
    }
    return 0;
}

Result<ValueType> read_array_type(Reader& reader, std::string_view key)
{
    TRY(const auto id, reader.number<uint32_t>("an array's type"));
    const auto type = static_cast<ValueType>(id);
    if (type == ValueType::array)
        return fail(ErrorKind::nested_array,
                    "The metadata key " + quoted(key)
                        + " holds an array of arrays, which GGUF readers do not support.",
                    damaged_file);
    if (smallest_element(type) == 0)
        return fail(ErrorKind::bad_value_type,
                    "The array " + quoted(key) + " has elements of unknown type " + std::to_string(id) + ".",
                    damaged_file);
    return type;
}

Status read_elements(Reader& reader, Array& array, MemoryBudget& budget)
{
    if (array.type != ValueType::string) {
        TRY(array.bytes, reader.bytes(array.size * smallest_element(array.type), "an array"));
        return {};
    }
    TRY_STATUS(budget.spend(array.size, sizeof(std::string_view)));
    array.strings.reserve(array.size);
    for (uint64_t i = 0; i < array.size; ++i) {
        TRY(const auto text, reader.string("a string of an array"));
        array.strings.push_back(text);
    }
    return {};
}

Result<Value> read_array(Reader& reader, std::string_view key, MemoryBudget& budget)
{
    Array array;
    TRY(array.type, read_array_type(reader, key));
    TRY(array.size, reader.number<uint64_t>("an array's length"));
    if (array.size > reader.size() / smallest_element(array.type))
        return fail(ErrorKind::implausible_count,
                    "The array " + quoted(key) + " announces " + std::to_string(array.size)
                        + " elements, more than the file can hold.",
                    damaged_file);
    TRY_STATUS(read_elements(reader, array, budget));
    return array;
}

template <typename Stored, typename Wide> Result<Value> read_scalar(Reader& reader)
{
    TRY(const auto value, reader.number<Stored>("a metadata value"));
    return Result<Value>(std::in_place, std::in_place_type<Wide>, static_cast<Wide>(value));
}

Result<Value> read_value(Reader& reader, std::string_view key, MemoryBudget& budget)
{
    TRY(const auto type, reader.number<uint32_t>("a metadata value's type"));
    switch (static_cast<ValueType>(type)) {
    case ValueType::uint8:
        return read_scalar<uint8_t, uint64_t>(reader);
    case ValueType::int8:
        return read_scalar<int8_t, int64_t>(reader);
    case ValueType::uint16:
        return read_scalar<uint16_t, uint64_t>(reader);
    case ValueType::int16:
        return read_scalar<int16_t, int64_t>(reader);
    case ValueType::uint32:
        return read_scalar<uint32_t, uint64_t>(reader);
    case ValueType::int32:
        return read_scalar<int32_t, int64_t>(reader);
    case ValueType::float32:
        return read_scalar<float, double>(reader);
    case ValueType::boolean:
        return read_scalar<uint8_t, bool>(reader);
    case ValueType::uint64:
        return read_scalar<uint64_t, uint64_t>(reader);
    case ValueType::int64:
        return read_scalar<int64_t, int64_t>(reader);
    case ValueType::float64:
        return read_scalar<double, double>(reader);
    case ValueType::string:
        return reader.string("a metadata string");
    case ValueType::array:
        return read_array(reader, key, budget);
    }
    return fail(ErrorKind::bad_value_type,
                "The metadata key " + quoted(key) + " holds a value of unknown type " + std::to_string(type)
                    + ".",
                damaged_file);
}

Result<std::string_view> read_key(Reader& reader)
{
    TRY(const auto key, reader.string("a metadata key"));
    if (key.empty())
        return fail(ErrorKind::bad_key, "A metadata key is empty.", damaged_file);
    if (key.size() > longest_key)
        return fail(ErrorKind::bad_key, "The metadata key " + quoted(key) + " is too long.", damaged_file);
    return key;
}

Result<Metadata> read_metadata(Reader& reader, uint64_t count, MemoryBudget& budget)
{
    TRY_STATUS(budget.spend(count, map_node_bytes));
    Metadata metadata;
    for (uint64_t i = 0; i < count; ++i) {
        TRY(const auto key, read_key(reader));
        if (metadata.contains(key))
            return fail(ErrorKind::duplicate_key, "The metadata key " + quoted(key) + " appears twice.",
                        damaged_file);
        TRY(auto value, read_value(reader, key, budget));
        metadata.set(key, std::move(value));
    }
    return metadata;
}

Result<uint64_t> read_alignment(const Metadata& metadata)
{
    constexpr int64_t smallest = 8; // of the specification; floats may then be read in place
    constexpr int64_t largest = 65536;
    TRY(const auto alignment, metadata.integer("general.alignment", 32));
    if (alignment < smallest || alignment > largest || !std::has_single_bit(static_cast<uint64_t>(alignment)))
        return fail(ErrorKind::bad_alignment,
                    "general.alignment is " + std::to_string(alignment)
                        + ", not a power of two from 8 to 65536.",
                    damaged_file);
    return static_cast<uint64_t>(alignment);
}

void warn_about_trailing_bytes(Header& header, uint64_t trailing)
{
    if (trailing > header.alignment)
        header.warnings.push_back(std::to_string(trailing)
                                  + " bytes after the last tensor belong to nothing.");
}

} // namespace

Result<Header> parse(std::span<const std::byte> bytes)
{
    Reader reader(bytes);
    MemoryBudget budget(bytes.size());
    Header header;
    TRY_STATUS(read_magic(reader));
    TRY(header.version, read_version(reader));
    TRY(const auto n_tensors, reader.number<uint64_t>("its header"));
    TRY(const auto n_entries, reader.number<uint64_t>("its header"));
    TRY(header.metadata, read_metadata(reader, n_entries, budget));
    TRY(header.alignment, read_alignment(header.metadata));
    TRY(auto directory, read_tensor_directory(reader, n_tensors, budget));
    TRY_STATUS(sort_by_name(directory.tensors));

    header.data_offset = (reader.offset() + header.alignment - 1) / header.alignment * header.alignment;
    const auto data = bytes.subspan(std::min<uint64_t>(header.data_offset, bytes.size()));
    TRY(const auto data_bytes, place_tensors(directory, data, header.alignment));
    warn_about_trailing_bytes(header, data.size() - data_bytes);
    header.tensors = std::move(directory.tensors);
    return header;
}

} // namespace rocmforge::gguf
