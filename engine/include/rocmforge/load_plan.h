// What a model takes of which device: known before it is loaded, and true afterwards.
#pragma once

#include <rocmforge/kv_type.h>

#include <cstdint>
#include <string>
#include <vector>

namespace rocmforge {

/// Bytes of one device's memory.
struct DevicePlan {
    std::string device; ///< "GPU AMD Radeon RX 7900 XTX (gfx1100)"
    int n_layers = 0; ///< that it computes
    bool has_experts = false; ///< of layers that another device computes
    int64_t weights = 0;
    int64_t kv_cache = 0;
    int64_t states = 0; ///< of recurrent layers
    int64_t scratch = 0; ///< activations, what the largest steps need, and what memory is rounded up to
    int64_t free = 0; ///< before loading
    int64_t headroom = 0; ///< of that, left for others and for what drivers take unasked

    [[nodiscard]] int64_t total() const { return weights + kv_cache + states + scratch; }
    /// What is missing; 0 = it fits.
    [[nodiscard]] int64_t shortfall() const
    {
        const int64_t missing = total() + headroom - free;
        return total() > 0 && missing > 0 ? missing : 0;
    }
};

struct LoadPlan {
    int n_layers = 0;
    int n_ctx = 0; ///< tokens of one request
    int kv_tokens = 0; ///< that the KV cache holds
    KvType kv_type = KvType::f16;
    std::vector<DevicePlan> devices; ///< those that are used
};

} // namespace rocmforge
