// The GGUF container (versions 2 and 3, little-endian): metadata and tensor directory.
// Source: the GGUF specification in ggml's documentation. Parsing a buffer is apart from opening
// files; both validate everything, so that nothing after them meets a bad offset or count.
#pragma once

#include "base/mapped_file.h"
#include "quant/formats.h"

#include <rocmforge/error.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rocmforge::gguf {

enum class ValueType : uint32_t {
    uint8,
    int8,
    uint16,
    int16,
    uint32,
    int32,
    float32,
    boolean,
    string,
    array,
    uint64,
    int64,
    float64,
};

/// An array's elements stay in the file's bytes; strings are views into them. A Value is valid as
/// long as the parsed bytes are.
struct Array {
    ValueType type = ValueType::uint8;
    uint64_t size = 0;
    std::span<const std::byte> bytes; ///< packed as in the file
    std::vector<std::string_view> strings; ///< filled where type is string
};

/// Integers keep their sign: unsigned kinds as uint64_t, signed kinds as int64_t.
using Value = std::variant<uint64_t, int64_t, double, bool, std::string_view, Array>;

struct TensorInfo {
    std::string_view name;
    Format format = Format::f32;
    std::array<int64_t, 4> shape = {1, 1, 1, 1}; ///< GGUF order: shape[0] is the row length (n_in)
    int n_dims = 1;
    std::span<const std::byte> data; ///< empty where only the header was parsed
    /// Type 36 of the BitNet project (I2_S): two bits per weight and nothing else, then one scale for the
    /// whole matrix. `format` is what its rows are to become, see pack_bare_codes().
    bool has_bare_codes = false;
    float scale = 1; ///< of bare codes

    [[nodiscard]] int64_t row_bytes() const
    {
        return has_bare_codes ? shape[0] / 4 : format_bytes(format, shape[0]);
    }
    [[nodiscard]] int64_t n_weights() const { return shape[0] * shape[1] * shape[2] * shape[3]; }
};

/// Metadata by key with typed access; errors name the key, what it holds and what was expected.
class Metadata {
public:
    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] bool contains(std::string_view key) const { return find(key) != nullptr; }
    [[nodiscard]] size_t size() const { return values_.size(); }
    [[nodiscard]] const std::map<std::string_view, Value>& values() const { return values_; }

    /// Any integer type whose value fits. missing_metadata or wrong_metadata_type.
    [[nodiscard]] Result<int64_t> integer(std::string_view key) const;
    [[nodiscard]] Result<double> number(std::string_view key) const; ///< float or integer; finite
    [[nodiscard]] Result<bool> boolean(std::string_view key) const;
    [[nodiscard]] Result<std::string_view> string(std::string_view key) const;
    [[nodiscard]] Result<std::span<const std::string_view>> strings(std::string_view key) const;
    [[nodiscard]] Result<std::vector<int64_t>> integers(std::string_view key) const; ///< array, or one value
    [[nodiscard]] Result<std::vector<float>> numbers(std::string_view key) const; ///< array, or one value
    /// The same where infinities mean something.
    [[nodiscard]] Result<std::vector<float>> extended_numbers(std::string_view key) const;

    // The same with a default where the key is absent; a wrong type is still an error.
    [[nodiscard]] Result<int64_t> integer(std::string_view key, int64_t absent) const;
    [[nodiscard]] Result<double> number(std::string_view key, double absent) const;
    [[nodiscard]] Result<bool> boolean(std::string_view key, bool absent) const;
    [[nodiscard]] Result<std::string_view> string(std::string_view key, std::string_view absent) const;

    /// Adds or replaces: tests and template overrides. The views must outlive the metadata.
    void set(std::string_view key, Value value);

private:
    std::map<std::string_view, Value> values_;
};

/// One parsed file; views into the bytes given to parse().
struct Header {
    uint32_t version = 0;
    uint64_t alignment = 32;
    Metadata metadata;
    std::vector<TensorInfo> tensors; ///< in file order
    uint64_t data_offset = 0; ///< where tensor data starts
    std::vector<std::string> warnings;
};

/// Parses and validates a whole file's bytes. Its heap stays below twice their number (and 16 KiB)
/// whatever the counts in the file say.
[[nodiscard]] Result<Header> parse(std::span<const std::byte> bytes);

enum class MissingShards { fail, skip };

/// An open model file: one GGUF, or all shards of a split one joined.
class File {
public:
    /// Opens `path`; any shard of a split file opens all of them. Missing ones are a split_file
    /// error naming them, or are skipped: then missing_paths() names them and their tensors are
    /// absent. Maps, does not read the weights.
    [[nodiscard]] static Result<File> open(const std::filesystem::path& path,
                                           MissingShards missing = MissingShards::fail);

    /// Of the first shard; the others repeat nothing of it.
    [[nodiscard]] const Metadata& metadata() const { return metadata_; }
    [[nodiscard]] std::span<const TensorInfo> tensors() const { return tensors_; }
    [[nodiscard]] const TensorInfo* find_tensor(std::string_view name) const;
    [[nodiscard]] std::span<const std::string> warnings() const { return warnings_; }
    [[nodiscard]] std::span<const std::filesystem::path> paths() const { return paths_; }
    [[nodiscard]] std::span<const std::filesystem::path> missing_paths() const { return missing_paths_; }
    /// split_file naming the shards that were skipped.
    [[nodiscard]] Status complete() const;
    [[nodiscard]] int64_t bytes() const; ///< of all open shards
    /// device_error once a mapped file shrank or vanished beneath us: what was read since is zeros.
    [[nodiscard]] Status intact() const;

private:
    void add(const std::filesystem::path& path, MappedFile mapping, Header header);
    [[nodiscard]] Status check_tensor_count() const;

    std::vector<MappedFile> mappings_; ///< one per entry of paths_
    std::vector<std::filesystem::path> paths_;
    std::vector<std::filesystem::path> missing_paths_;
    Metadata metadata_;
    std::vector<TensorInfo> tensors_;
    std::vector<size_t> by_name_; ///< indices into tensors_, sorted by name
    std::vector<std::string> warnings_;
};

/// The shards `path` stands for: itself, or every "-0000i-of-0000n.gguf" beside it, present or not.
[[nodiscard]] std::vector<std::filesystem::path> shard_paths(const std::filesystem::path& path);

} // namespace rocmforge::gguf
