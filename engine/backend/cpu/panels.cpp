#include "backend/cpu/panels.h"

#include "backend/cpu/grouped_blocks.h"
#include "quant/q4.h"
#include "quant/q8_0.h"

#include <cstring>
#include <span>

namespace rocmforge::cpu {

namespace {

/// `count` units of `unit` bytes from `offset` of a Block on.
struct Field {
    size_t offset;
    size_t unit;
    size_t count;
};

constexpr Field f32_fields[] = {{0, 4, 1}};
constexpr Field half_fields[] = {{0, 2, 1}};
constexpr Field q4_0_fields[] = {{offsetof(BlockQ4_0, d), 2, 1}, {offsetof(BlockQ4_0, qs), 4, 4}};
constexpr Field q8_0_fields[] = {{offsetof(BlockQ8_0, d), 2, 1}, {offsetof(BlockQ8_0, qs), 4, 8}};
constexpr Field q4_k_fields[] = {{offsetof(GroupedQ4_K, d), 2, 2},
                                 {offsetof(GroupedQ4_K, scales), 4, 3},
                                 {offsetof(GroupedQ4_K, groups), 4, 8 * sizeof(GroupedQ4_K::Group) / 4}};
constexpr Field q5_k_fields[] = {{offsetof(GroupedQ5_K, d), 2, 2},
                                 {offsetof(GroupedQ5_K, scales), 4, 3},
                                 {offsetof(GroupedQ5_K, groups), 4, 8 * sizeof(GroupedQ5_K::Group) / 4}};
constexpr Field q6_k_fields[] = {{offsetof(GroupedQ6_K, d), 2, 1},
                                 {offsetof(GroupedQ6_K, scales), 1, 16},
                                 {offsetof(GroupedQ6_K, groups), 4, 8 * sizeof(GroupedQ6_K::Group) / 4}};

/// The fields of the formats kept as panels; empty for the others.
std::span<const Field> fields_of(Format format)
{
    switch (format) {
    case Format::f32:
        return f32_fields;
    case Format::f16:
    case Format::bf16:
        return half_fields;
    case Format::q4_0:
        return q4_0_fields;
    case Format::q8_0:
        return q8_0_fields;
    case Format::q4_k:
        return q4_k_fields;
    case Format::q5_k:
        return q5_k_fields;
    case Format::q6_k:
        return q6_k_fields;
    default:
        return {};
    }
}

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

void widen(std::span<const Field> fields, int row, const void* block, std::byte* panel_block)
{
    const auto* from = static_cast<const std::byte*>(block);
    for_each_unit(fields, row, [&](size_t in_panel, size_t in_block, size_t unit) {
        copy_unit(panel_block + in_panel, from + in_block, unit);
    });
}

void narrow(std::span<const Field> fields, int row, const std::byte* panel_block, void* block)
{
    auto* to = static_cast<std::byte*>(block);
    for_each_unit(fields, row, [&](size_t in_panel, size_t in_block, size_t unit) {
        copy_unit(to + in_block, panel_block + in_panel, unit);
    });
}

template <typename Block>
void widen_grouped(std::span<const Field> fields, int row, const std::byte* bytes, std::byte* panel_block)
{
    Block block;
    std::memcpy(&block, bytes, sizeof block);
    const auto grouped = group_block(block);
    widen(fields, row, &grouped, panel_block);
}

template <typename Grouped>
void narrow_grouped(std::span<const Field> fields, int row, const std::byte* panel_block, std::byte* bytes)
{
    Grouped grouped;
    narrow(fields, row, panel_block, &grouped);
    const auto block = ungroup_block(grouped);
    std::memcpy(bytes, &block, sizeof block);
}

void pack_block(Format format, int row, const std::byte* block, std::byte* panel_block)
{
    const std::span<const Field> fields = fields_of(format);
    switch (format) {
    case Format::q4_k:
        return widen_grouped<BlockQ4_K>(fields, row, block, panel_block);
    case Format::q5_k:
        return widen_grouped<BlockQ5_K>(fields, row, block, panel_block);
    case Format::q6_k:
        return widen_grouped<BlockQ6_K>(fields, row, block, panel_block);
    default:
        return widen(fields, row, block, panel_block);
    }
}

void unpack_block(Format format, int row, const std::byte* panel_block, std::byte* block)
{
    const std::span<const Field> fields = fields_of(format);
    switch (format) {
    case Format::q4_k:
        return narrow_grouped<GroupedQ4_K>(fields, row, panel_block, block);
    case Format::q5_k:
        return narrow_grouped<GroupedQ5_K>(fields, row, panel_block, block);
    case Format::q6_k:
        return narrow_grouped<GroupedQ6_K>(fields, row, panel_block, block);
    default:
        return narrow(fields, row, panel_block, block);
    }
}

} // namespace

Layout layout_of(Format format)
{
    return fields_of(format).empty() ? Layout::rows : Layout::panels;
}

int64_t panel_bytes(Format format, int64_t n_in)
{
    return panel_rows * format_bytes(format, n_in);
}

void pack_panel(Format format, int64_t n_in, const std::byte* rows, int n_rows, std::byte* panel)
{
    const int64_t row_bytes = format_bytes(format, n_in);
    if (layout_of(format) == Layout::rows) {
        std::memcpy(panel, rows, static_cast<size_t>(n_rows * row_bytes));
        return;
    }
    const int64_t block_bytes = format_info(format).block_bytes;
    for (int64_t offset = 0; offset < row_bytes; offset += block_bytes)
        for (int row = 0; row < n_rows; ++row)
            pack_block(format, row, rows + row * row_bytes + offset, panel + offset * panel_rows);
}

void unpack_row(Format format, int64_t n_in, const std::byte* panel, int row, std::byte* bytes)
{
    const int64_t row_bytes = format_bytes(format, n_in);
    if (layout_of(format) == Layout::rows) {
        std::memcpy(bytes, panel + row * row_bytes, static_cast<size_t>(row_bytes));
        return;
    }
    const int64_t block_bytes = format_info(format).block_bytes;
    for (int64_t offset = 0; offset < row_bytes; offset += block_bytes)
        unpack_block(format, row, panel + offset * panel_rows, bytes + offset);
}

} // namespace rocmforge::cpu
