#include "tokenizer/byte_alphabet.h"

#include "tokenizer/utf8.h"

#include <array>

namespace rocmforge {

namespace {

constexpr char32_t first_substitute = 256;
constexpr size_t n_code_points = 324; ///< all characters of the alphabet are below

/// Bytes that Latin-1 shows as themselves; the others take 256, 257, … in order.
constexpr bool is_printable(unsigned byte)
{
    return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
    std::array<std::string, 256> characters;
    std::array<int16_t, n_code_points> bytes{}; ///< by code point; -1 = not in the alphabet

    Alphabet()
    {
        bytes.fill(-1);
        char32_t substitute = first_substitute;
        for (unsigned byte = 0; byte < 256; ++byte) {
            const char32_t code_point = is_printable(byte) ? byte : substitute++;
            utf8::append(characters[byte], code_point);
            bytes[code_point] = int16_t(byte);
        }
    }
};

const Alphabet& alphabet()
{
    static const Alphabet alphabet;
    return alphabet;
}

} // namespace

std::string_view byte_character(uint8_t byte)
{
    return alphabet().characters[byte];
}

std::string decode_byte_characters(std::string_view text)
{
    const auto& bytes = alphabet().bytes;
    std::string result;
    for (size_t at = 0; at < text.size();) {
        const utf8::Sequence sequence = utf8::next(text, at);
        const bool known = sequence.code_point < bytes.size() && bytes[sequence.code_point] >= 0;
        if (known)
            result += char(uint8_t(bytes[sequence.code_point]));
        else
            result += text.substr(at, sequence.length);
        at += sequence.length;
    }
    return result;
}

} // namespace rocmforge
