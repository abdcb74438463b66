#include "kernels/table/instructions.h"

#include <algorithm>
#include <utility>

namespace rocmforge::kernels {
namespace {

/// Widths as RDNA 3 and as earlier ones write them. The first that is found counts: half a register may
/// be loaded with a byte.
constexpr std::pair<std::string_view, int> load_widths[] = {
    {"byte", 1},   {"_u8", 1},       {"_i8", 1},   {"_b128", 16},   {"_dwordx4", 16},
    {"_b96", 12},  {"_dwordx3", 12}, {"_b64", 8},  {"_dwordx2", 8}, {"_b32", 4},
    {"_dword", 4}, {"16", 2},        {"short", 2},
};

/// They are taken from the stream of instructions without one being issued for them.
bool is_hint(std::string_view mnemonic)
{
    constexpr std::string_view hints[] = {
        "s_delay_alu", "s_clause", "s_wait", "s_nop", "s_code_end", "s_inst_prefetch", "s_set_inst_prefetch"};
    return std::ranges::any_of(hints, [&](std::string_view hint) { return mnemonic.starts_with(hint); });
}

int count_of(std::string_view text, std::string_view part)
{
    int n = 0;
    for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
        ++n;
    return n;
}

/// Two of them may share an instruction, which names both.
int float_multiply_adds(const Instruction& instruction)
{
    const int n = count_of(instruction.text, "v_fma") + count_of(instruction.text, "_fmac_")
        + count_of(instruction.text, "v_mad_f32") + count_of(instruction.text, "v_mac_f32")
        + count_of(instruction.text, "v_dual_fmaa");
    if (instruction.mnemonic().starts_with("v_pk_fma") || instruction.mnemonic().starts_with("v_dot2"))
        return 2;
    return n;
}

int64_t products(std::span<const Instruction> loop)
{
    const InstructionCounts counts = count_instructions(loop);
    // 16 · 16 products per lane's share of a matrix instruction are more than any other's.
    return int64_t{counts.matrix} * 256 + int64_t{counts.dot4} * 4 + counts.multiply_adds;
}

} // namespace

int load_bytes(const Instruction& instruction)
{
    const std::string_view mnemonic = instruction.mnemonic();
    if (!mnemonic.starts_with("global_load") && !mnemonic.starts_with("flat_load"))
        return 0;
    for (const auto& [ending, bytes] : load_widths) {
        if (mnemonic.find(ending) != std::string_view::npos)
            return bytes;
    }
    return 0;
}

InstructionCounts count_instructions(std::span<const Instruction> code)
{
    InstructionCounts counts;
    for (const Instruction& instruction : code) {
        const std::string_view mnemonic = instruction.mnemonic();
        const int bytes = load_bytes(instruction);
        counts.issued += !is_hint(mnemonic);
        counts.dot4 += mnemonic.starts_with("v_dot4");
        counts.matrix += mnemonic.starts_with("v_wmma") || mnemonic.starts_with("v_mfma");
        counts.multiply_adds += float_multiply_adds(instruction);
        counts.widest_load = std::max(counts.widest_load, bytes);
        counts.loaded_bytes += bytes;
        counts.wide_loaded_bytes += bytes == 16 ? bytes : 0;
    }
    return counts;
}

std::span<const Instruction> main_loop(std::span<const Instruction> code)
{
    std::span<const Instruction> best;
    int64_t last_begin = -1; // of the loops so far, the latest: a loop that begins before contains it
    for (size_t end = 0; end < code.size(); ++end) {
        const int64_t target = code[end].target;
        if (target < 0 || target > code[end].offset)
            continue;
        const auto begin = std::ranges::lower_bound(code, target, {}, &Instruction::offset);
        const auto loop = code.subspan(static_cast<size_t>(begin - code.begin()),
                                       end + 1 - static_cast<size_t>(begin - code.begin()));
        if (target > last_begin && (best.empty() || products(loop) > products(best)))
            best = loop;
        last_begin = std::max(last_begin, target);
    }
    return best;
}

} // namespace rocmforge::kernels
