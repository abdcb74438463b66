// Names found in files, made fit for an error message.
#pragma once

#include <string>
#include <string_view>

namespace rocmforge::gguf {

/// 'name' in quotes: at most 64 bytes of it, anything but printable ASCII as '?'.
[[nodiscard]] std::string quoted(std::string_view name);

} // namespace rocmforge::gguf
