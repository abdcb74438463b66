#include "model/architectures.h"

#include "gguf/quoted.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace rocmforge {
namespace {

constexpr Architecture table[] = {
    {.name = "llama", .rope = RopePairing::interleaved},
    {.name = "qwen2"},
    {.name = "qwen3", .qk_norm = Presence::required},
};

/// Levenshtein distance: single-character edits that turn a into b.
size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t substituted = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row.back();
}

std::string nearest_names(std::string_view name)
{
    constexpr size_t n_names = 3;
    std::vector<std::string_view> names;
    for (const Architecture& architecture : table)
        names.push_back(architecture.name);
    std::ranges::sort(names, {},
                      [&](std::string_view other) { return std::pair(edit_distance(name, other), other); });
    std::string list;
    for (size_t i = 0; i < std::min(n_names, names.size()); ++i)
        list += (i ? ", " : "") + std::string(names[i]);
    return list;
}

} // namespace

std::span<const Architecture> architectures()
{
    return table;
}

Result<const Architecture*> find_architecture(std::string_view name)
{
    if (const auto* found = std::ranges::find(table, name, &Architecture::name); found != std::end(table))
        return found;
    // The name comes from a file and may be of any length.
    constexpr size_t longest_compared = 64;
    return fail(ErrorKind::unknown_architecture,
                "The model's architecture " + gguf::quoted(name)
                    + " is not supported; the nearest supported ones are "
                    + nearest_names(name.substr(0, longest_compared)) + ".",
                "Look for a version of ROCmForge that supports it, or choose another model.");
}

} // namespace rocmforge
