#include "gguf/writer.h"

#include "gguf/gguf.h"

#include <system_error>

namespace rocmforge::gguf {
namespace {

constexpr int64_t alignment = 32;

int64_t align_up(int64_t bytes)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

template <typename T> void put(std::string& out, T number)
{
    out.append(reinterpret_cast<const char*>(&number), sizeof(T));
}

void put(std::string& out, std::string_view text)
{
    put(out, static_cast<uint64_t>(text.size()));
    out += text;
}

void put(std::string& out, const std::string& text)
{
    put(out, std::string_view(text));
}

template <typename T> constexpr ValueType type_of = ValueType::string;
template <> constexpr ValueType type_of<bool> = ValueType::boolean;
template <> constexpr ValueType type_of<uint8_t> = ValueType::uint8;
template <> constexpr ValueType type_of<int8_t> = ValueType::int8;
template <> constexpr ValueType type_of<uint16_t> = ValueType::uint16;
template <> constexpr ValueType type_of<int16_t> = ValueType::int16;
template <> constexpr ValueType type_of<uint32_t> = ValueType::uint32;
template <> constexpr ValueType type_of<int32_t> = ValueType::int32;
template <> constexpr ValueType type_of<uint64_t> = ValueType::uint64;
template <> constexpr ValueType type_of<int64_t> = ValueType::int64;
template <> constexpr ValueType type_of<float> = ValueType::float32;
template <> constexpr ValueType type_of<double> = ValueType::float64;

/// A value preceded by its type, as metadata holds it.
template <typename T> void put_typed(std::string& out, const T& value)
{
    put(out, static_cast<uint32_t>(type_of<T>));
    put(out, value);
}

template <typename T> void put_typed(std::string& out, const std::vector<T>& values)
{
    put(out, static_cast<uint32_t>(ValueType::array));
    put(out, static_cast<uint32_t>(type_of<T>));
    put(out, static_cast<uint64_t>(values.size()));
    for (const T& value : values)
        put(out, value);
}

} // namespace

Writer::~Writer()
{
    if (!stream_.is_open())
        return;
    stream_.close();
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void Writer::set(std::string_view key, const Value& value)
{
    put(entries_, key);
    std::visit([this](const auto& held) { put_typed(entries_, held); }, value);
    ++n_entries_;
}

void Writer::add_tensor(std::string_view name, Format format, std::span<const int64_t> shape)
{
    put(directory_, name);
    put(directory_, static_cast<uint32_t>(shape.size()));
    int64_t n_weights = 1;
    for (const int64_t extent : shape) {
        put(directory_, extent);
        n_weights *= extent;
    }
    put(directory_, static_cast<uint32_t>(format));
    put(directory_, static_cast<uint64_t>(data_bytes_));
    tensors_.push_back({data_bytes_, format_bytes(format, n_weights)});
    data_bytes_ += align_up(tensors_.back().bytes);
}

std::string Writer::header() const
{
    std::string out = "GGUF";
    put(out, uint32_t(3));
    put(out, static_cast<uint64_t>(tensors_.size()));
    put(out, n_entries_);
    out += entries_;
    out += directory_;
    out.resize(static_cast<size_t>(align_up(static_cast<int64_t>(out.size()))));
    return out;
}

int64_t Writer::file_bytes() const
{
    return static_cast<int64_t>(header().size()) + data_bytes_;
}

Status Writer::begin(const std::filesystem::path& path)
{
    stream_.open(path, std::ios::binary | std::ios::trunc);
    if (!stream_)
        return fail(ErrorKind::unreadable, path.string() + " cannot be created.",
                    "Choose a folder that exists and that you may write to.");
    path_ = path;
    const std::string bytes = header();
    stream_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return check_stream();
}

Status Writer::write(std::span<const std::byte> bytes)
{
    const auto size = static_cast<int64_t>(bytes.size());
    if (current_ == tensors_.size() || size > tensors_[current_].bytes - written_)
        return fail(ErrorKind::internal, "More tensor data was given than announced.");
    stream_.write(reinterpret_cast<const char*>(bytes.data()), size);
    written_ += size;
    if (written_ == tensors_[current_].bytes) {
        constexpr char zeros[alignment] = {};
        stream_.write(zeros, align_up(written_) - written_);
        written_ = 0;
        ++current_;
    }
    return check_stream();
}

Status Writer::finish()
{
    if (current_ != tensors_.size())
        return fail(ErrorKind::internal, "Less tensor data was given than announced.");
    stream_.flush();
    TRY_STATUS(check_stream());
    stream_.close();
    return {};
}

Status Writer::check_stream() const
{
    if (stream_)
        return {};
    return fail(ErrorKind::unreadable, path_.string() + " cannot be written.", "Make room on the disk.");
}

} // namespace rocmforge::gguf
