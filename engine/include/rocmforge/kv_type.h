// How the KV cache keeps keys and values.
#pragma once

namespace rocmforge {

enum class KvType {
    f32,
    f16,
    q8_0, ///< 8 bits and a scale per 32 elements: 17/32 of the memory of f16
};

/// "F16".
[[nodiscard]] constexpr const char* kv_type_name(KvType type)
{
    switch (type) {
    case KvType::f32:
        return "F32";
    case KvType::f16:
        return "F16";
    case KvType::q8_0:
        break;
    }
    return "Q8_0";
}

} // namespace rocmforge
