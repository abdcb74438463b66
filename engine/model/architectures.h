// The table of architectures: per model family what its metadata and tensor names leave unsaid.
#pragma once

#include "backend/backend.h"

#include <rocmforge/error.h>

#include <span>
#include <string>
#include <string_view>

namespace rocmforge {

enum class Presence { never, optional, required };

struct Architecture {
    std::string_view name; ///< general.architecture, and the prefix of the metadata keys
    RopePairing rope = RopePairing::half_split;
    NormKind norm = NormKind::rms;
    Activation activation = Activation::silu;
    Presence qk_norm = Presence::never;
};

/// All supported architectures.
[[nodiscard]] std::span<const Architecture> architectures();

/// unknown_architecture, naming the nearest supported ones.
[[nodiscard]] Result<const Architecture*> find_architecture(std::string_view name);

} // namespace rocmforge
