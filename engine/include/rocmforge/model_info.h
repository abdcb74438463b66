// What a GGUF file holds, read from its header alone: the app's fact sheet and `inspect`.
#pragma once

#include <rocmforge/error.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge {

struct FormatShare {
    std::string format; ///< "Q4_K"
    int64_t n_tensors = 0;
    int64_t n_weights = 0;
    int64_t bytes = 0;
};

struct Shard {
    std::filesystem::path path;
    bool present = false;
    int64_t bytes = 0;
};

/// Memory needed to run on one device with this much context.
struct MemoryPlan {
    int n_ctx = 0;
    int64_t weights = 0; ///< bytes
    int64_t kv_cache = 0; ///< of the type that is loaded where nothing else is asked for
    int64_t q8_0_kv_cache = 0; ///< what it could be
    int64_t states = 0; ///< of recurrent layers, whatever the context
    int64_t scratch = 0;
    [[nodiscard]] int64_t total() const { return weights + kv_cache + states + scratch; }
};

struct ModelInfo {
    std::filesystem::path path;
    std::string name; ///< general.name, else the file's stem
    std::string architecture;
    std::string license;
    std::string quantization; ///< of the whole file as people say it: "Q4_K_M"
    std::vector<FormatShare> formats; ///< by bytes, largest first
    std::vector<Shard> shards; ///< one entry for an unsplit file
    int64_t file_bytes = 0;
    int64_t n_tensors = 0;
    int64_t n_parameters = 0;
    int64_t n_active_parameters = 0; ///< per token; less than n_parameters for mixtures of experts
    int64_t bytes_per_token =
        0; ///< weights read to decode one token: all active ones, of the embedding one row
    int n_layers = 0;
    int n_embd = 0;
    int n_heads = 0;
    int n_kv_heads = 0;
    int head_dim = 0;
    int n_ctx_train = 0;
    int n_experts = 0;
    int n_experts_used = 0;
    int vocab_size = 0;
    std::string tokenizer; ///< "BPE (llama-bpe)"
    std::string embedding; ///< "embedding model, pooling mean"; empty where the model chats
    std::string chat_template; ///< its source; empty where the file has none
    std::vector<MemoryPlan> memory; ///< for 2048, 4096, … up to n_ctx_train; may be empty where it cannot run
    std::vector<std::string> warnings;
    std::string unsupported; ///< why this file cannot run, with names; empty = it can
    /// Of an unknown architecture: a supported one that the tensors match, so that it may run as that;
    /// empty = none does.
    std::string can_try_as;
};

/// Reads headers only: fast for any size. Errors are those of parsing; a well-formed file that we
/// cannot run is no error but has `unsupported` set. `architecture` takes the place of the file's own.
[[nodiscard]] Result<ModelInfo> inspect(const std::filesystem::path& path,
                                        std::string_view architecture = {});

} // namespace rocmforge
