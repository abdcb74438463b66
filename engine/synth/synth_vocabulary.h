// A byte-level BPE vocabulary of any size that tokenizes every text: all bytes, then words of two to
// four letters built up letter by letter, then the special tokens of ChatML.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rocmforge::synth {

struct SynthVocabulary {
    std::vector<std::string> tokens; ///< GPT-2's byte alphabet, as GGUF stores them
    std::vector<std::string> merges; ///< "a b" in order of rank
    std::vector<int32_t> types; ///< GGUF token types: 1 normal, 3 control
    int32_t end_of_text = 0;
    int32_t im_start = 0;
    int32_t im_end = 0;
};

/// size ≥ 300.
[[nodiscard]] SynthVocabulary make_vocabulary(int size);

} // namespace rocmforge::synth
