#include "backend/cpu/codebooks.h"

#include "backend/cpu/bit_planes.h"
#include "quant/ternary.h"

#include <algorithm>

namespace rocmforge::cpu {

namespace {

using Values = std::array<uint8_t, 256>;

/// Bytes of TQ1_0 that share how their digits lie: digit k of byte m is weight first + n_bytes k + m.
struct TritBytes {
    size_t first_byte;
    size_t n_bytes;
    size_t first_weight;
    size_t n_digits;
};
constexpr TritBytes trit_bytes[] = {{0, 32, 0, 5}, {32, 16, 160, 5}, {48, 4, 240, 4}};

void pack(const Values& values, const TritBytes& bytes, uint8_t* to)
{
    for (size_t m = 0; m < bytes.n_bytes; ++m) {
        int digits[5] = {};
        for (size_t k = 0; k < bytes.n_digits; ++k)
            digits[k] = values[bytes.first_weight + k * bytes.n_bytes + m];
        to[bytes.first_byte + m] = tq1_0_byte(digits);
    }
}

void unpack(Values& values, const TritBytes& bytes, const uint8_t* from)
{
    uint32_t power = 1;
    for (size_t k = 0; k < bytes.n_digits; ++k, power *= 3)
        for (size_t m = 0; m < bytes.n_bytes; ++m)
            values[bytes.first_weight + k * bytes.n_bytes + m] =
                static_cast<uint8_t>(tq1_0_digit(from[bytes.first_byte + m], power));
}

} // namespace

void pack_trits(const Octets& octets, uint8_t (&trits)[52])
{
    Values values;
    for (size_t i = 0; i < values.size(); ++i)
        values[i] = octets.entries[i / 8] >> (i % 8 * 2) & 3;
    for (const TritBytes& bytes : trit_bytes)
        pack(values, bytes, trits);
}

void unpack_trits(const uint8_t (&trits)[52], Octets& octets)
{
    Values values;
    for (const TritBytes& bytes : trit_bytes)
        unpack(values, bytes, trits);
    for (size_t i = 0; i < values.size(); ++i) {
        uint16_t& entry = octets.entries[i / 8];
        entry = static_cast<uint16_t>(entry | values[i] << (i % 8 * 2));
    }
}

void pack_signs(const Octets& octets, uint8_t (&signs)[32])
{
    for (size_t g = 0; g < 8; ++g) {
        GroupCodes codes;
        for (size_t l = 0; l < 32; ++l)
            codes[l] = octets.signs[4 * g + l / 8] >> (l % 8) & 1;
        put_plane<1>(signs + 4 * g, codes);
    }
}

void unpack_signs(const uint8_t (&signs)[32], Octets& octets)
{
    for (size_t g = 0; g < 8; ++g) {
        GroupCodes codes{};
        add_plane<1>(codes, signs + 4 * g);
        for (size_t l = 0; l < 32; ++l) {
            uint8_t& octet = octets.signs[4 * g + l / 8];
            octet = static_cast<uint8_t>(octet | codes[l] << (l % 8));
        }
    }
}

int index_of(std::span<const uint16_t> codebook, uint16_t entry)
{
    return static_cast<int>(std::ranges::lower_bound(codebook, entry) - codebook.begin());
}

} // namespace rocmforge::cpu
