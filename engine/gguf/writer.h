// Writes GGUF files (version 3, alignment 32), tensor data streamed: set() and add_tensor()
// everything, begin(), write() the tensors' bytes in that order, finish().
#pragma once

#include "quant/formats.h"

#include <rocmforge/error.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rocmforge::gguf {

class Writer {
public:
    using Value = std::variant<bool, uint8_t, int8_t, uint16_t, int16_t, uint32_t, int32_t, uint64_t, int64_t,
                               float, double, std::string, std::vector<uint32_t>, std::vector<int32_t>,
                               std::vector<float>, std::vector<std::string>>;

    Writer() = default;
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    ~Writer(); ///< removes a file that was begun but not finished

    /// Each key once.
    void set(std::string_view key, const Value& value);
    /// shape in GGUF order, row length first; rows a whole number of blocks. At most 4 dimensions.
    void add_tensor(std::string_view name, Format format, std::span<const int64_t> shape);

    /// Everything before the tensor data, padding included.
    [[nodiscard]] std::string header() const;
    /// Bytes of the whole file.
    [[nodiscard]] int64_t file_bytes() const;

    /// Creates the file and writes the header. unreadable where that is impossible.
    [[nodiscard]] Status begin(const std::filesystem::path& path);
    /// The next bytes of the current tensor: all of it or a piece; padding between tensors is added.
    [[nodiscard]] Status write(std::span<const std::byte> bytes);
    /// internal where tensor data is missing; unreadable where the disk is full.
    [[nodiscard]] Status finish();

private:
    struct Tensor {
        int64_t offset = 0; ///< from the start of the data
        int64_t bytes = 0;
    };

    [[nodiscard]] Status check_stream() const;

    std::string entries_; ///< encoded metadata
    std::string directory_; ///< encoded tensor directory
    uint64_t n_entries_ = 0;
    std::vector<Tensor> tensors_;
    int64_t data_bytes_ = 0;

    std::filesystem::path path_; ///< of the file begun
    std::ofstream stream_;
    size_t current_ = 0; ///< tensor being written
    int64_t written_ = 0; ///< of its bytes
};

} // namespace rocmforge::gguf
