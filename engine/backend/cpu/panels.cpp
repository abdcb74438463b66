#include "backend/cpu/panels.h"

#include "backend/cpu/arrangements.h"
#include "backend/cpu/cpu_backend.h"

#include <cstring>
#include <span>

namespace rocmforge::cpu {

namespace {

/// Calls copy(offset in the panel's block, offset in the row's block, unit) for every unit of one row.
template <typename Copy> void for_each_unit(std::span<const Field> fields, int row, Copy copy)
{
    for (const Field& field : fields) {
        for (size_t i = 0; i < field.count; ++i) {
            const size_t in_block = field.offset + i * field.unit;
            copy(in_block * panel_rows + static_cast<size_t>(row) * field.unit, in_block, field.unit);
        }
    }
}

/// With a constant size, a copy is one instruction instead of a call.
void copy_unit(std::byte* to, const std::byte* from, size_t unit)
{
    if (unit == 4)
        std::memcpy(to, from, 4);
    else if (unit == 2)
        std::memcpy(to, from, 2);
    else
        *to = *from;
}

void widen(std::span<const Field> fields, int row, const std::byte* block, std::byte* panel_block)
{
    for_each_unit(fields, row, [&](size_t in_panel, size_t in_block, size_t unit) {
        copy_unit(panel_block + in_panel, block + in_block, unit);
    });
}

void narrow(std::span<const Field> fields, int row, const std::byte* panel_block, std::byte* block)
{
    for_each_unit(fields, row, [&](size_t in_panel, size_t in_block, size_t unit) {
        copy_unit(block + in_block, panel_block + in_panel, unit);
    });
}

void pack_block(const Arrangement& arrangement, int row, const std::byte* block, std::byte* panel_block)
{
    if (!arrangement.group)
        return widen(arrangement.fields, row, block, panel_block);
    alignas(8) std::byte grouped[max_panel_block_bytes];
    arrangement.group(block, grouped);
    widen(arrangement.fields, row, grouped, panel_block);
}

void unpack_block(const Arrangement& arrangement, int row, const std::byte* panel_block, std::byte* block)
{
    if (!arrangement.ungroup)
        return narrow(arrangement.fields, row, panel_block, block);
    alignas(8) std::byte grouped[max_panel_block_bytes];
    narrow(arrangement.fields, row, panel_block, grouped);
    arrangement.ungroup(grouped, block);
}

} // namespace

Layout layout_of(Format format)
{
    return arrangement_of(format).fields.empty() ? Layout::rows : Layout::panels;
}

int64_t panel_bytes(Format format, int64_t n_in)
{
    const auto block_bytes = static_cast<int64_t>(arrangement_of(format).block_bytes);
    return panel_rows * (n_in / format_info(format).block_weights) * block_bytes;
}

void pack_panel(Format format, int64_t n_in, const std::byte* rows, int n_rows, std::byte* panel)
{
    const int64_t row_bytes = format_bytes(format, n_in);
    if (layout_of(format) == Layout::rows) {
        std::memcpy(panel, rows, static_cast<size_t>(n_rows * row_bytes));
        return;
    }
    const Arrangement arrangement = arrangement_of(format);
    const int64_t block_bytes = format_info(format).block_bytes;
    for (int64_t offset = 0; offset < row_bytes; offset += block_bytes) {
        for (int row = 0; row < n_rows; ++row)
            pack_block(arrangement, row, rows + row * row_bytes + offset, panel);
        panel += panel_rows * arrangement.block_bytes;
    }
}

void unpack_row(Format format, int64_t n_in, const std::byte* panel, int row, std::byte* bytes)
{
    const int64_t row_bytes = format_bytes(format, n_in);
    if (layout_of(format) == Layout::rows) {
        std::memcpy(bytes, panel + row * row_bytes, static_cast<size_t>(row_bytes));
        return;
    }
    const Arrangement arrangement = arrangement_of(format);
    const int64_t block_bytes = format_info(format).block_bytes;
    for (int64_t offset = 0; offset < row_bytes; offset += block_bytes) {
        unpack_block(arrangement, row, panel, bytes + offset);
        panel += panel_rows * arrangement.block_bytes;
    }
}

} // namespace rocmforge::cpu

namespace rocmforge {

int64_t cpu_weight_bytes(Format format, int64_t file_bytes)
{
    const FormatInfo& info = format_info(format);
    return file_bytes / info.block_bytes * cpu::panel_bytes(format, info.block_weights) / cpu::panel_rows;
}

} // namespace rocmforge
