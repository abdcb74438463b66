// Attention of the rows of prompts: keys and values of a page are read once for up to 64 rows, and multiplied as
// halves on matrix tiles, 2 · (k_dim + v_dim) operations per row and key.
#include "kernels/attention_tile.h"

namespace rocmforge::device {

#define ATTENTION_TILE_KERNELS(name, Element)                                                                \
    KERNEL(attention_##name##_tile_128, AttentionParameters, workgroup_threads)                              \
    {                                                                                                        \
        attention_tile<Element, 128>(p);                                                                     \
    }                                                                                                        \
    KERNEL(attention_##name##_tile_256, AttentionParameters, workgroup_threads)                              \
    {                                                                                                        \
        attention_tile<Element, 256>(p);                                                                     \
    }
ATTENTION_TILE_KERNELS(f16, Half)
ATTENTION_TILE_KERNELS(q8_0, Code)

} // namespace rocmforge::device
