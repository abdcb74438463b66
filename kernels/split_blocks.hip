// A matrix's blocks on their way to planes, in pieces of two bytes, once when a model is loaded.
#include "kernels/device.h"
#include "kernels/parameters.h"

namespace rocmforge::device {

KERNEL(split_blocks, SplitParameters, workgroup_threads)
{
    const int64_t i = static_cast<int64_t>(group_x()) * workgroup_threads + thread_index();
    const int block_pieces = p.block_bytes / 2;
    const int64_t block = i / block_pieces;
    if (block >= p.n_moved)
        return;
    const int offset = static_cast<int>(i % block_pieces) * 2;
    int64_t plane = 0; // its first byte
    for (int f = 0; f < max_fields; ++f) {
        const PlaneFields::Field field = p.fields.fields[f];
        if (f < p.fields.n && offset >= field.offset && offset < field.offset + field.bytes)
            p.planes[(plane + (p.first + block) * field.bytes + offset - field.offset) / 2] = p.blocks[i];
        plane += p.n_blocks * field.bytes;
    }
}

} // namespace rocmforge::device
