// Model files with random weights at real shapes, so that anyone can measure without a download.
#pragma once

#include <rocmforge/error.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace rocmforge {

struct SynthOptions {
    std::string preset = "llama-1b"; ///< one of synth_presets()
    std::string quantization = "Q4_K_M"; ///< a format's name, or Q4_K_M / Q5_K_M: the usual mix of K-quants
    uint64_t seed = 1;
    std::function<bool(double)> progress = {}; ///< 0 … 1; false cancels and removes the file
};

/// "llama-1b", "qwen2.5-0.5b", "llama-8b", …
[[nodiscard]] std::vector<std::string> synth_presets();

/// Writes a GGUF file with a working byte-level tokenizer and a ChatML template. The same options
/// give the same bytes.
[[nodiscard]] Status write_synthetic_model(const std::filesystem::path& path, const SynthOptions& options);

} // namespace rocmforge
