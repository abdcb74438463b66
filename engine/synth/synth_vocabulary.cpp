#include "synth/synth_vocabulary.h"

#include <string_view>

namespace rocmforge::synth {
namespace {

constexpr int normal_token = 1;
constexpr int control_token = 3;

std::string utf8(uint32_t code_point)
{
    if (code_point < 0x80)
        return {static_cast<char>(code_point)};
    return {static_cast<char>(0xc0 | code_point >> 6), static_cast<char>(0x80 | (code_point & 0x3f))};
}

/// GPT-2's alphabet: printable bytes stand for themselves, the others for code points from 256 on.
std::vector<std::string> byte_alphabet()
{
    std::vector<std::string> alphabet;
    uint32_t next = 256;
    for (uint32_t byte = 0; byte < 256; ++byte) {
        const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
        alphabet.push_back(utf8(printable ? byte : next++));
    }
    return alphabet;
}

/// Appends each of `stems` (first … end of tokens) with every letter, until the vocabulary is full.
void extend_words(SynthVocabulary& vocabulary, size_t first, size_t end, size_t size)
{
    constexpr std::string_view letters = "etaoinshrdlucmfwypvbgkjqxz";
    for (const char letter : letters) {
        for (size_t stem = first; stem < end && vocabulary.tokens.size() < size; ++stem) {
            // By value: push_back moves the tokens.
            const std::string text = vocabulary.tokens[stem];
            vocabulary.merges.push_back(text + ' ' + letter);
            vocabulary.tokens.push_back(text + letter);
        }
    }
}

} // namespace

SynthVocabulary make_vocabulary(int size)
{
    constexpr std::string_view special[] = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};
    SynthVocabulary vocabulary;
    vocabulary.tokens = byte_alphabet();
    const size_t n_words = static_cast<size_t>(size) - std::size(special);

    // Letters and the space that begins a word, then ever longer words.
    const size_t space = vocabulary.tokens.size();
    for (char letter = 'a'; letter <= 'z' && vocabulary.tokens.size() < n_words; ++letter) {
        const std::string stem = byte_alphabet()[' '];
        vocabulary.merges.push_back(stem + ' ' + letter);
        vocabulary.tokens.push_back(stem + letter);
    }
    size_t first = space;
    while (vocabulary.tokens.size() < n_words) {
        const size_t end = vocabulary.tokens.size();
        extend_words(vocabulary, first, end, n_words);
        first = end;
    }
    vocabulary.types.assign(vocabulary.tokens.size(), normal_token);
    for (const std::string_view token : special) {
        vocabulary.tokens.emplace_back(token);
        vocabulary.types.push_back(control_token);
    }
    vocabulary.end_of_text = size - 3;
    vocabulary.im_start = size - 2;
    vocabulary.im_end = size - 1;
    return vocabulary;
}

} // namespace rocmforge::synth
