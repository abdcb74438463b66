#include "backend/cpu/weights.h"

#include <algorithm>
#include <string>

namespace rocmforge::cpu {

Result<Weight> pack_matrix(ThreadPool& pool, Arena& arena, Format format, int64_t n_in, int64_t n_out,
                           std::span<const std::byte> data)
{
    const int64_t row_bytes = format_bytes(format, n_in);
    if (static_cast<int64_t>(data.size()) != row_bytes * n_out
        || n_in % format_info(format).block_weights != 0)
        return fail(ErrorKind::invalid_value,
                    "A matrix of " + std::to_string(n_out) + " rows of " + std::to_string(n_in)
                        + " weights cannot have " + std::to_string(data.size()) + " bytes.");
    const int64_t n_panels = panel_count(n_out);
    const int64_t bytes = panel_bytes(format, n_in);
    TRY(std::byte * panels, arena.allocate(matrix_bytes(format, n_in, n_out)));
    pool.parallel_for(n_panels, pool.chunk_for(n_panels), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; ++i) {
            const int64_t row = i * panel_rows;
            const auto n_rows = static_cast<int>(std::min<int64_t>(panel_rows, n_out - row));
            pack_panel(format, n_in, data.data() + row * row_bytes, n_rows, panels + i * bytes);
        }
    });
    return Weight{format, n_in, n_out, panels, static_cast<uint32_t>(layout_of(format))};
}

int64_t matrix_bytes(Format format, int64_t n_in, int64_t n_out)
{
    return panel_count(n_out) * panel_bytes(format, n_in);
}

const std::byte* panel_of(const Weight& weight, int64_t i)
{
    return static_cast<const std::byte*>(weight.data) + i * panel_bytes(weight.format, weight.n_in);
}

void expand_row(float* y, const Weight& weight, int64_t row, std::span<std::byte> bytes)
{
    unpack_row(weight.format, weight.n_in, panel_of(weight, row / panel_rows),
               static_cast<int>(row % panel_rows), bytes.data());
    format_info(weight.format).dequantize(bytes.data(), y, weight.n_in);
}

} // namespace rocmforge::cpu
