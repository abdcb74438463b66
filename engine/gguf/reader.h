// A cursor over a file's bytes: every read is checked against what is left.
#pragma once

#include <rocmforge/error.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace rocmforge::gguf {

static_assert(std::endian::native == std::endian::little, "GGUF numbers are read as they lie");

class Reader {
public:
    explicit Reader(std::span<const std::byte> bytes)
        : bytes_(bytes)
    {
    }

    [[nodiscard]] uint64_t offset() const { return offset_; }
    [[nodiscard]] uint64_t size() const { return bytes_.size(); }
    [[nodiscard]] uint64_t remaining() const { return bytes_.size() - offset_; }

    /// truncated, saying that the file ends inside `what`.
    [[nodiscard]] Result<std::span<const std::byte>> bytes(uint64_t count, std::string_view what);

    template <typename T> [[nodiscard]] Result<T> number(std::string_view what)
    {
        TRY(const auto source, bytes(sizeof(T), what));
        T value;
        std::memcpy(&value, source.data(), sizeof(T));
        return value;
    }

    /// A 64-bit length and that many bytes. bad_string where no file of this size could hold it.
    [[nodiscard]] Result<std::string_view> string(std::string_view what);

private:
    std::span<const std::byte> bytes_;
    uint64_t offset_ = 0;
};

} // namespace rocmforge::gguf
