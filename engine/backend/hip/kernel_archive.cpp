#include "backend/hip/kernel_archive.h"

#include <rocmforge/kernel_table.h>

#include <zstd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <sstream>
#include <string>

// The archive's bytes, put into the program by the assembler.
__asm__(".section .rodata\n"
        ".balign 16\n"
        ".global rocmforge_kernel_archive\n"
        "rocmforge_kernel_archive:\n"
        ".incbin \"" ROCMFORGE_KERNEL_ARCHIVE "\"\n"
        ".global rocmforge_kernel_archive_end\n"
        "rocmforge_kernel_archive_end:\n"
        ".byte 0\n"
        ".previous\n");
extern "C" const std::byte rocmforge_kernel_archive[];
extern "C" const std::byte rocmforge_kernel_archive_end[];

namespace rocmforge::hip {
namespace {

constexpr size_t tar_record = 512;

std::span<const std::byte> compressed_archive()
{
    return {rocmforge_kernel_archive, rocmforge_kernel_archive_end};
}

std::vector<std::byte> decompress()
{
    const std::span<const std::byte> archive = compressed_archive();
    std::vector<std::byte> bytes;
    ZSTD_DStream* stream = ZSTD_createDStream();
    ZSTD_inBuffer in{archive.data(), archive.size(), 0};
    size_t produced = 0;
    while (stream && in.pos < in.size) {
        bytes.resize(produced + ZSTD_DStreamOutSize());
        ZSTD_outBuffer out{bytes.data() + produced, bytes.size() - produced, 0};
        if (ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)))
            break;
        produced += out.pos;
    }
    ZSTD_freeDStream(stream);
    bytes.resize(produced);
    return bytes;
}

/// The text of a field of a tar header, which a NUL may end early.
std::string_view field(std::span<const std::byte> header, size_t offset, size_t size)
{
    const char* text = reinterpret_cast<const char*>(header.data()) + offset;
    return {text, strnlen(text, size)};
}

/// The regular files of a tar archive (POSIX.1-1988) whose names begin with `prefix`.
std::vector<CodeObject> read_tar(std::span<const std::byte> tar, std::string_view prefix)
{
    std::vector<CodeObject> files;
    while (tar.size() >= tar_record) {
        const std::string_view name = field(tar, 0, 100), octal = field(tar, 124, 12);
        const char type = static_cast<char>(tar[156]);
        size_t size = 0;
        std::from_chars(octal.data(), octal.data() + octal.size(), size, 8);
        const size_t padded = (size + tar_record - 1) / tar_record * tar_record;
        tar = tar.subspan(tar_record);
        if (name.empty() || padded > tar.size())
            break;
        if ((type == '0' || type == '\0') && name.starts_with(prefix))
            files.push_back(
                {std::string(name), {tar.begin(), tar.begin() + static_cast<std::ptrdiff_t>(size)}});
        tar = tar.subspan(padded);
    }
    return files;
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

} // namespace

std::vector<std::string> kernel_targets()
{
    std::vector<std::string> targets;
    for (const CodeObject& object : read_tar(decompress(), "gfx"))
        targets.push_back(object.name.substr(0, object.name.find('/')));
    std::ranges::sort(targets);
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
    return targets;
}

Result<std::vector<CodeObject>> code_objects(std::string_view target)
{
    std::vector<CodeObject> objects = read_tar(decompress(), std::string(target) + "/");
    if (!objects.empty())
        return objects;
    const std::vector<std::string> targets = kernel_targets();
    return fail(ErrorKind::unsupported, "This build has no kernels for " + std::string(target) + ".",
                targets.empty()
                    ? "It was made without a device compiler: install clang 17 or later and build again."
                    : "It has kernels for " + joined(targets) + ".");
}

std::string kernel_build()
{
    uint32_t hash = 2166136261; // FNV-1a
    for (const std::byte byte : compressed_archive())
        hash = (hash ^ static_cast<uint32_t>(byte)) * 16777619;
    char text[16];
    std::snprintf(text, sizeof text, "-%08x", hash);
    return std::string(ROCMFORGE_VERSION) + text;
}

} // namespace rocmforge::hip

namespace rocmforge {

std::vector<GpuKernel> gpu_kernels()
{
    std::vector<GpuKernel> kernels;
    for (const hip::CodeObject& table : hip::read_tar(hip::decompress(), "kernels.txt")) {
        std::istringstream lines(
            std::string(reinterpret_cast<const char*>(table.image.data()), table.image.size()));
        for (GpuKernel k; lines >> k.target >> k.name >> k.vgprs >> k.sgprs >> k.local_bytes >> k.spills
             >> k.waves_per_simd >> k.widest_load >> k.dot4 >> k.matrix >> k.loop_instructions
             >> k.loop_weights >> k.loop_wide_bytes >> k.ceiling;)
            kernels.push_back(k);
    }
    return kernels;
}

} // namespace rocmforge
