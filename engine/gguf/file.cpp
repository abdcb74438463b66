#include "gguf/gguf.h"
#include "gguf/quoted.h"
#include "gguf/tensor_directory.h"

#include <algorithm>
#include <numeric>
#include <system_error>

namespace rocmforge::gguf {
namespace {

struct Part {
    MappedFile mapping;
    Header header;
};

Result<Part> open_part(const std::filesystem::path& path)
{
    TRY(auto mapping, MappedFile::open(path));
    auto header = parse(mapping.bytes());
    if (!header) {
        Error error = std::move(header).error();
        error.message = path.filename().string() + ": " + error.message;
        return std::unexpected(std::move(error));
    }
    return Part{std::move(mapping), *std::move(header)};
}

/// All parts of the file that `metadata` was found in.
Result<std::vector<std::filesystem::path>> part_paths(const std::filesystem::path& path,
                                                      const Metadata& metadata)
{
    TRY(const auto count, metadata.integer("split.count", 1));
    if (count <= 1)
        return std::vector{path};
    auto paths = shard_paths(path);
    if (static_cast<int64_t>(paths.size()) != count)
        return fail(ErrorKind::split_file,
                    path.filename().string() + " is one of " + std::to_string(count)
                        + " parts of a model, but its name does not say which.",
                    "Give the parts back their names, which end in -00001-of-0000N.gguf.");
    return paths;
}

std::vector<std::filesystem::path> missing_of(std::span<const std::filesystem::path> paths)
{
    std::vector<std::filesystem::path> missing;
    std::error_code unreachable_counts_as_missing;
    for (const auto& path : paths)
        if (!std::filesystem::exists(path, unreachable_counts_as_missing))
            missing.push_back(path);
    return missing;
}

/// Is this header that of part `number` (from 0) of `count`?
Status check_part(const Header& header, const std::filesystem::path& path, size_t number, size_t count)
{
    TRY(const auto found_number, header.metadata.integer("split.no", 0));
    TRY(const auto found_count, header.metadata.integer("split.count", 1));
    if (found_number == static_cast<int64_t>(number) && found_count == static_cast<int64_t>(count))
        return {};
    return fail(ErrorKind::split_file,
                path.filename().string() + " calls itself part " + std::to_string(found_number + 1) + " of "
                    + std::to_string(found_count) + ", which is not what its name says.",
                "Download the parts of this model again.");
}

} // namespace

Result<File> File::open(const std::filesystem::path& path, MissingShards missing)
{
    TRY(auto first, open_part(path));
    TRY(const auto paths, part_paths(path, first.header.metadata));
    File file;
    file.missing_paths_ = missing_of(paths);
    if (missing == MissingShards::fail)
        TRY_STATUS(file.complete());

    for (size_t i = 0; i < paths.size(); ++i) {
        if (std::ranges::count(file.missing_paths_, paths[i]) > 0)
            continue;
        // NOLINTNEXTLINE(bugprone-use-after-move): a path is met once
        TRY(auto part, paths[i] == path ? Result<Part>(std::move(first)) : open_part(paths[i]));
        if (paths.size() > 1)
            TRY_STATUS(check_part(part.header, paths[i], i, paths.size()));
        file.add(paths[i], std::move(part.mapping), std::move(part.header));
    }
    TRY_STATUS(file.check_tensor_count());
    TRY(file.by_name_, sort_by_name(file.tensors_));
    return file;
}

void File::add(const std::filesystem::path& path, MappedFile mapping, Header header)
{
    if (paths_.empty())
        metadata_ = std::move(header.metadata);
    paths_.push_back(path);
    mappings_.push_back(std::move(mapping));
    tensors_.insert(tensors_.end(), header.tensors.begin(), header.tensors.end());
    std::ranges::move(header.warnings, std::back_inserter(warnings_));
}

Status File::check_tensor_count() const
{
    const auto found = static_cast<int64_t>(tensors_.size());
    TRY(const auto announced, metadata_.integer("split.tensors.count", found));
    if (announced == found || !missing_paths_.empty())
        return {};
    return fail(ErrorKind::split_file,
                "The parts of this model hold " + std::to_string(found) + " tensors, not the "
                    + std::to_string(announced) + " announced.",
                "Download the parts of this model again.");
}

const TensorInfo* File::find_tensor(std::string_view name) const
{
    const auto name_of = [this](size_t i) { return tensors_[i].name; };
    const auto found = std::ranges::lower_bound(by_name_, name, {}, name_of);
    return found != by_name_.end() && name_of(*found) == name ? &tensors_[*found] : nullptr;
}

Status File::complete() const
{
    if (missing_paths_.empty())
        return {};
    std::string names;
    for (const auto& path : missing_paths_)
        names += (names.empty() ? "" : ", ") + path.filename().string();
    return fail(ErrorKind::split_file, "Parts of this model are missing: " + names + ".",
                "Put them into the same folder as the others.");
}

int64_t File::bytes() const
{
    return std::accumulate(mappings_.begin(), mappings_.end(), int64_t(0),
                           [](int64_t sum, const MappedFile& mapping) {
                               return sum + static_cast<int64_t>(mapping.bytes().size());
                           });
}

Status File::intact() const
{
    for (size_t i = 0; i < mappings_.size(); ++i)
        if (mappings_[i].damaged())
            return fail(ErrorKind::device_error,
                        "The model file " + paths_[i].string()
                            + " was changed or became unreadable while in use.",
                        "Restore the file, then load the model again.");
    return {};
}

} // namespace rocmforge::gguf
