#include "memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace rocmforge::emulator {
namespace {

constexpr size_t page_bytes = 4096;
constexpr size_t alignment = 64;
constexpr std::byte poison{0xff}; // all bits set: NaN as a float, -1 as a count

size_t round_up(size_t n, size_t multiple)
{
    return (n + multiple - 1) / multiple * multiple;
}

bool is_poison(const std::byte* begin, const std::byte* end)
{
    return std::all_of(begin, end, [](std::byte b) { return b == poison; });
}

} // namespace

Memory::~Memory()
{
    for (const auto& [memory, block] : blocks_)
        munmap(block.mapping, block.mapping_bytes);
}

void* Memory::allocate(size_t bytes)
{
    const size_t used = round_up(std::max<size_t>(bytes, 1), alignment);
    const size_t data = round_up(used, page_bytes);
    const size_t total = data + 2 * page_bytes;
    void* mapping = mmap(nullptr, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED)
        return nullptr;
    auto* first = static_cast<std::byte*>(mapping) + page_bytes;
    mprotect(first, data, PROT_READ | PROT_WRITE);
    std::memset(first, int(poison), data);
    std::byte* memory = first + data - used;
    blocks_[memory] = {static_cast<std::byte*>(mapping), total, bytes};
    return memory;
}

bool Memory::release(void* memory)
{
    const auto found = blocks_.find(static_cast<std::byte*>(memory));
    if (found == blocks_.end())
        return false;
    munmap(found->second.mapping, found->second.mapping_bytes);
    blocks_.erase(found);
    return true;
}

size_t Memory::allocated() const
{
    size_t bytes = 0;
    for (const auto& [memory, block] : blocks_)
        bytes += block.bytes;
    return bytes;
}

bool Memory::border_is_intact(const std::byte* memory, const Block& block)
{
    const std::byte* end = block.mapping + block.mapping_bytes - page_bytes;
    return is_poison(block.mapping + page_bytes, memory) && is_poison(memory + block.bytes, end);
}

std::string Memory::find_damage() const
{
    for (const auto& [memory, block] : blocks_)
        if (!border_is_intact(memory, block))
            return "write outside of an allocation of " + std::to_string(block.bytes) + " bytes";
    return {};
}

std::string Memory::describe(const void* address) const
{
    const auto* where = static_cast<const std::byte*>(address);
    for (const auto& [memory, block] : blocks_) {
        if (where < block.mapping || where >= block.mapping + block.mapping_bytes)
            continue;
        const bool before = where < memory;
        const std::ptrdiff_t distance = before ? memory - where : where - (memory + block.bytes);
        return std::to_string(distance) + (before ? " bytes before" : " bytes after the end of")
            + " an allocation of " + std::to_string(block.bytes) + " bytes";
    }
    return "at an address that belongs to no allocation";
}

} // namespace rocmforge::emulator
