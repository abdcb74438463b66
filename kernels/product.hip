// Products of weights in every format with F32 activations. Per output row: its blocks read once for up
// to four columns, 2 · n_in operations per column.
#include "kernels/product.h"
#include "quant/format_list.h"

namespace rocmforge::device {

#define PRODUCT_KERNELS(format, id, block, title)                                                            \
    KERNEL(product_##format##_1, ProductParameters, workgroup_threads)                                       \
    {                                                                                                        \
        product<block, 1>(p, group_y());                                                                     \
    }                                                                                                        \
    KERNEL(product_##format##_4, ProductParameters, workgroup_threads)                                       \
    {                                                                                                        \
        product<block, 4>(p, group_y() * 4);                                                                 \
    }
ROCMFORGE_FORMATS(PRODUCT_KERNELS)

} // namespace rocmforge::device
