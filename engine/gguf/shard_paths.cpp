#include "gguf/gguf.h"

#include <charconv>

namespace rocmforge::gguf {
namespace {

constexpr std::string_view extension = ".gguf";
constexpr std::string_view pattern = "-00001-of-00001.gguf";
constexpr size_t n_digits = 5;

std::optional<int> read_number(std::string_view digits)
{
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size() || number < 1)
        return std::nullopt;
    return number;
}

std::string write_number(int number)
{
    const std::string digits = std::to_string(number);
    return std::string(n_digits - digits.size(), '0') + digits;
}

/// The number of shards that a name's "-0000i-of-0000n.gguf" tells; nullopt without one.
std::optional<int> shard_count(std::string_view name)
{
    if (name.size() < pattern.size())
        return std::nullopt;
    const auto tail = name.substr(name.size() - pattern.size());
    if (tail[0] != '-' || tail.substr(6, 4) != "-of-" || !tail.ends_with(extension))
        return std::nullopt;
    const auto number = read_number(tail.substr(1, n_digits));
    const auto count = read_number(tail.substr(10, n_digits));
    return number && count && *number <= *count ? count : std::nullopt;
}

} // namespace

std::vector<std::filesystem::path> shard_paths(const std::filesystem::path& path)
{
    const std::string name = path.filename().string();
    const auto count = shard_count(name);
    if (!count)
        return {path};
    const std::string stem = name.substr(0, name.size() - pattern.size());
    std::vector<std::filesystem::path> paths;
    for (int i = 1; i <= *count; ++i)
        paths.push_back(
            path.parent_path()
            / (stem + "-" + write_number(i) + "-of-" + write_number(*count) + std::string(extension)));
    return paths;
}

} // namespace rocmforge::gguf
