#include "gguf/reader.h"

#include <string>

namespace rocmforge::gguf {

Result<std::span<const std::byte>> Reader::bytes(uint64_t count, std::string_view what)
{
    if (count > remaining())
        return fail(ErrorKind::truncated,
                    "The file ends at byte " + std::to_string(size()) + ", inside " + std::string(what) + ".",
                    "It was probably not downloaded completely; download it again.");
    const auto result = bytes_.subspan(offset_, count);
    offset_ += count;
    return result;
}

Result<std::string_view> Reader::string(std::string_view what)
{
    const uint64_t start = offset_;
    TRY(const auto length, number<uint64_t>(what));
    if (length > size())
        return fail(ErrorKind::bad_string,
                    "The length of " + std::string(what) + " at byte " + std::to_string(start) + " is "
                        + std::to_string(length) + ", more than the whole file holds.",
                    "The file is damaged; download it again.");
    TRY(const auto text, bytes(length, what));
    return std::string_view(reinterpret_cast<const char*>(text.data()), text.size());
}

} // namespace rocmforge::gguf
