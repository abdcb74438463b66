// Which of several GPUs is used.
#pragma once

#include "backend/hip/hip_runtime.h"

#include <rocmforge/error.h>
#include <rocmforge/hardware.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rocmforge::hip {

/// Whether its target is among these.
[[nodiscard]] bool has_kernels(const Device& device, std::span<const std::string> targets);

/// Best first: with kernels among `targets` before without, discrete before integrated, then by memory,
/// compute units and index.
[[nodiscard]] std::vector<Device> ranked(std::vector<Device> devices, std::span<const std::string> targets);

/// Those that `wanted` names by index, PCI address, target or a part of their name, best first; all
/// where it is empty. Never none: unsupported where there is no device at all, not_found where none is so
/// named.
[[nodiscard]] Result<std::vector<Device>> candidates(std::span<const Device> devices,
                                                     std::span<const std::string> targets,
                                                     std::string_view wanted = {});

/// The best candidate.
[[nodiscard]] Result<Device> choose_device(std::span<const Device> devices,
                                           std::span<const std::string> targets,
                                           std::string_view wanted = {});

/// In their order, with what choosing goes by.
[[nodiscard]] std::vector<GpuDevice> described(std::span<const Device> devices,
                                               std::span<const std::string> targets);

} // namespace rocmforge::hip
