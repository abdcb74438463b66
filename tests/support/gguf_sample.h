// A small sound GGUF file to test with, and to break.
#pragma once

#include "gguf/writer.h"

#include <array>
#include <cmath>
#include <span>
#include <string>

namespace rocmforge::test {

inline std::span<const std::byte> bytesOf(const std::string& data)
{
    return std::as_bytes(std::span(data));
}

/// Metadata of every kind and two tensors, "first" (F32, 4 × 3) and "second" (Q8_0, 64), all zeros.
inline std::string sampleGguf()
{
    gguf::Writer writer;
    writer.set("general.architecture", "llama");
    writer.set("general.alignment", uint32_t(32));
    writer.set("llama.block_count", uint32_t(2));
    writer.set("llama.rope.freq_base", 10000.0f);
    writer.set("x.byte", uint8_t(200));
    writer.set("x.negative", int8_t(-7));
    writer.set("x.huge", ~uint64_t(0));
    writer.set("x.low", int64_t(-5'000'000'000));
    writer.set("x.double", 0.1);
    writer.set("x.flag", true);
    writer.set("x.strings", std::vector<std::string>{"a", "", "ccc"});
    writer.set("x.integers", std::vector<int32_t>{1, -2, 3});
    writer.set("x.numbers", std::vector<float>{0.5f, -1});
    writer.set("x.not_a_number", std::nan(""));
    writer.add_tensor("first", Format::f32, std::array<int64_t, 2>{4, 3});
    writer.add_tensor("second", Format::q8_0, std::array<int64_t, 1>{64});
    std::string file = writer.header();
    file.resize(size_t(writer.file_bytes()));
    return file;
}

} // namespace rocmforge::test
