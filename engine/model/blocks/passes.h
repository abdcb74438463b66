// One forward pass over a model whose layers may lie on several devices.
#pragma once

#include "model/blocks/pass.h"

#include <span>
#include <vector>

namespace rocmforge {

/// Rows of the same buffer on two devices.
struct Carried {
    const void* from = nullptr;
    void* to = nullptr;
    int64_t bytes = 0;
};

class Passes {
public:
    /// All arguments must outlive the passes.
    Passes(std::span<Backend* const> backends, const Placement& placement, const Config& config, State& state,
           const Batch& batch);

    [[nodiscard]] const Pass& on(int device) const { return passes_[static_cast<size_t>(device)]; }

    /// Begins the batch where it is computed. True where one backend has all of it and replays the steps
    /// of an earlier batch; else they and finish() must follow.
    [[nodiscard]] bool replay(const PassMemory& memory) const;
    /// `status` is what the steps gave. After an error, those under way end and no backend keeps one.
    void finish(const Status& status) const;

    /// The residual stream, and what else a layer reads of those before it, come to a device. The
    /// errors of the steps before.
    [[nodiscard]] Status move(int from, int to);
    /// Copies through the host, once the steps that write it are done; their errors.
    [[nodiscard]] Status carry(int from, int to, std::span<const Carried> what) const;

private:
    const Placement& placement_;
    std::vector<Pass> passes_; ///< of each device
    std::vector<bool> has_per_layer_; ///< of each device: Activations::per_layer is there
    std::span<std::byte> crossing_;
};

} // namespace rocmforge
