#include "backend/cpu/panels.h"

#include "quant/floats.h"
#include "quant/q4.h"
#include "quant/q4_k.h"
#include "quant/q5_k.h"
#include "quant/q6_k.h"
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
constexpr Field q4_k_fields[] = {
    {offsetof(BlockQ4_K, d), 2, 2}, {offsetof(BlockQ4_K, scales), 4, 3}, {offsetof(BlockQ4_K, qs), 4, 32}};
constexpr Field q5_k_fields[] = {{offsetof(BlockQ5_K, d), 2, 2},
                                 {offsetof(BlockQ5_K, scales), 4, 3},
                                 {offsetof(BlockQ5_K, qh), 4, 8},
                                 {offsetof(BlockQ5_K, qs), 4, 32}};
constexpr Field q6_k_fields[] = {{offsetof(BlockQ6_K, ql), 4, 32},
                                 {offsetof(BlockQ6_K, qh), 4, 16},
                                 {offsetof(BlockQ6_K, scales), 1, 16},
                                 {offsetof(BlockQ6_K, d), 2, 1}};

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

void pack_block(std::span<const Field> fields, int row, const std::byte* block, std::byte* panel_block)
{
    for_each_unit(fields, row, [&](size_t in_panel, size_t in_block, size_t unit) {
        std::memcpy(panel_block + in_panel, block + in_block, unit);
    });
}

void unpack_block(std::span<const Field> fields, int row, const std::byte* panel_block, std::byte* block)
{
    for_each_unit(fields, row, [&](size_t in_panel, size_t in_block, size_t unit) {
        std::memcpy(block + in_block, panel_block + in_panel, unit);
    });
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
    const std::span<const Field> fields = fields_of(format);
    if (fields.empty()) {
        std::memcpy(panel, rows, static_cast<size_t>(n_rows * row_bytes));
        return;
    }
    const int64_t block_bytes = format_info(format).block_bytes;
    for (int64_t offset = 0; offset < row_bytes; offset += block_bytes)
        for (int row = 0; row < n_rows; ++row)
            pack_block(fields, row, rows + row * row_bytes + offset, panel + offset * panel_rows);
}

void unpack_row(Format format, int64_t n_in, const std::byte* panel, int row, std::byte* bytes)
{
    const int64_t row_bytes = format_bytes(format, n_in);
    const std::span<const Field> fields = fields_of(format);
    if (fields.empty()) {
        std::memcpy(bytes, panel + row * row_bytes, static_cast<size_t>(row_bytes));
        return;
    }
    const int64_t block_bytes = format_info(format).block_bytes;
    for (int64_t offset = 0; offset < row_bytes; offset += block_bytes)
        unpack_block(fields, row, panel + offset * panel_rows, bytes + offset);
}

} // namespace rocmforge::cpu
