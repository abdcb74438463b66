// Rows of the embedding table, expanded. Reads the rows once, writes 4 bytes per weight.
#include "kernels/matrix.h"
#include "kernels/parameters.h"
#include "quant/format_list.h"

namespace rocmforge::device {

template <typename Block> DEVICE void embed(const EmbedParameters& p)
{
    const int64_t token = p.tokens ? p.tokens[group_x()] : group_x();
    const WeightRow<Block> row(p.table, p.n_rows, token, p.row_blocks);
    float* x = p.x + static_cast<int64_t>(group_x()) * p.width;
    for (int first = thread_index() * Block::group; first < p.width;
         first += workgroup_threads * Block::group) {
        float weights[Block::group];
        dequantize_group(row[first / Block::weights], first % Block::weights / Block::group, weights);
        for (int i = 0; i < Block::group; ++i)
            x[first + i] = weights[i] * p.scale;
    }
}

#define EMBED_KERNEL(format, id, block, title)                                                               \
    KERNEL(embed_##format, EmbedParameters, workgroup_threads)                                               \
    {                                                                                                        \
        embed<block>(p);                                                                                     \
    }
ROCMFORGE_FORMATS(EMBED_KERNEL)

} // namespace rocmforge::device
