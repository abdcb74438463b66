// Products of many columns, on matrix tiles: weights are read once for up to 128 columns and activations
// once for as many rows, 2 · n_out · n_in operations per column. And activations as halves, for them.
#include "kernels/rounding.h"
#include "kernels/tile_product.h"
#include "quant/format_list.h"

namespace rocmforge::device {

/// Twice read from memory, 4 bytes an element, and 2 written.
KERNEL(halve_rows, HalveParameters, workgroup_threads)
{
    auto& partial = local_memory<float[workgroup_threads / wave_size]>();
    const int64_t row = group_x();
    const float* x = global(p.x + row * p.x_stride);
    float largest = 0;
    for (int i = thread_index(); i < p.n_in; i += workgroup_threads)
        largest = maximum(magnitude(x[i]), largest);
    const float scale = scale_to_halves(workgroup_max(largest, partial, workgroup_threads));
    auto* words = reinterpret_cast<uint32_t*>(p.halves + row * p.stride);
    for (int i = thread_index(); i < p.stride / 2; i += workgroup_threads) {
        const float low = 2 * i < p.n_in ? x[2 * i] * scale : 0.0f;
        const float high = 2 * i + 1 < p.n_in ? x[2 * i + 1] * scale : 0.0f;
        words[i] = pack_halves(low, high);
    }
    if (thread_index() == 0)
        p.scales[row] = 1.0f / scale;
}

#define TILE_KERNELS(format, id, block, title)                                                               \
    KERNEL(product_##format##_tile_64, ProductParameters, 128)                                               \
    {                                                                                                        \
        chosen_product_tile<block, 64>(p);                                                                   \
    }                                                                                                        \
    KERNEL(product_##format##_tile_128, ProductParameters, 256)                                              \
    {                                                                                                        \
        product_tile<block, 128>(p);                                                                         \
    }
ROCMFORGE_FORMATS(TILE_KERNELS)

} // namespace rocmforge::device
