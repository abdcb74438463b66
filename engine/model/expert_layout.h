// How mixtures of experts and the other blocks of a layer go together.
#pragma once

namespace rocmforge {

/// What a layer has besides its experts.
enum class BesideExperts {
    nothing,
    normed_block, ///< a dense block; both have norms of their own, and the router another one
    block_if_present, ///< a dense block of the same input in some files: its sum with the experts is · √½
    block_after, ///< a dense block, n_embd wide, of the stream with attention's share
};

enum class ExpertInput {
    as_block, ///< what a feed-forward block reads
    routed_by_layer_input, ///< the same, but the router reads the residual stream before attention
    layer_input, ///< the residual stream before attention, with a norm of their own
};

} // namespace rocmforge
