#include "backend/hip/device_choice.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <iterator>
#include <tuple>

namespace rocmforge {
namespace hip {
namespace {

std::string lower(std::string_view text)
{
    std::string copy(text);
    std::ranges::transform(copy, copy.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return copy;
}

bool is_index(const Device& device, std::string_view wanted)
{
    return std::to_string(device.index) == wanted;
}

bool is_address(const Device& device, std::string_view wanted)
{
    return !device.pci_address.empty() && device.pci_address == lower(wanted);
}

bool is_named(const Device& device, std::string_view wanted)
{
    return lower(device.name).contains(lower(wanted)) || device.target == lower(wanted);
}

std::string listed(std::span<const Device> devices)
{
    std::string text;
    for (const Device& device : devices)
        text += (text.empty() ? "" : ", ") + std::to_string(device.index) + " = " + device.name + " ("
            + device.target + ")";
    return text;
}

} // namespace

bool has_kernels(const Device& device, std::span<const std::string> targets)
{
    return std::ranges::find(targets, device.target) != targets.end();
}

std::vector<Device> ranked(std::vector<Device> devices, std::span<const std::string> targets)
{
    const auto rank = [&](const Device& device) {
        return std::tuple(has_kernels(device, targets), !device.integrated, device.memory_bytes,
                          device.n_compute_units, -device.index);
    };
    std::ranges::sort(devices, std::greater(), rank);
    return devices;
}

Result<std::vector<Device>> candidates(std::span<const Device> devices, std::span<const std::string> targets,
                                       std::string_view wanted)
{
    if (devices.empty())
        return fail(ErrorKind::unsupported, "The HIP library reports no GPU that it can use.",
                    "Run the model on the CPU, or update the kernel and ROCm.");
    std::vector<Device> best_first = ranked({devices.begin(), devices.end()}, targets);
    if (wanted.empty())
        return best_first;
    // In this order "1" is an index, where there are two, and "7900" a part of a name.
    for (const auto matches : {is_index, is_address, is_named}) {
        std::vector<Device> found;
        std::ranges::copy_if(best_first, std::back_inserter(found),
                             [&](const Device& device) { return matches(device, wanted); });
        if (!found.empty())
            return found;
    }
    return fail(ErrorKind::not_found, "There is no GPU \"" + std::string(wanted) + "\".",
                "Choose one of " + listed(devices) + ".");
}

Result<Device> choose_device(std::span<const Device> devices, std::span<const std::string> targets,
                             std::string_view wanted)
{
    TRY(const std::vector<Device> found, candidates(devices, targets, wanted));
    return found.front();
}

std::vector<GpuDevice> described(std::span<const Device> devices, std::span<const std::string> targets)
{
    const Result<Device> preferred = choose_device(devices, targets);
    std::vector<GpuDevice> list;
    for (const Device& device : devices)
        list.push_back({device.index, device.name, device.target, device.pci_address, device.memory_bytes,
                        device.integrated, has_kernels(device, targets),
                        preferred && preferred->index == device.index});
    return list;
}

} // namespace hip

bool is_integrated_target(std::string_view target)
{
    // From Raven Ridge to Krackan Point.
    constexpr std::array<std::string_view, 14> targets = {
        "gfx902",  "gfx909",  "gfx90c",  "gfx1013", "gfx1033", "gfx1035", "gfx1036",
        "gfx1037", "gfx1103", "gfx1150", "gfx1151", "gfx1152", "gfx1153", "gfx1170"};
    return std::ranges::find(targets, target) != targets.end();
}

} // namespace rocmforge
