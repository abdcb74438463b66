// libFuzzer target: any bytes through the GGUF parser. Build with clang++,
// -DROCMFORGE_FUZZ=ON -DROCMFORGE_SANITIZER=address,undefined,fuzzer-no-link, and run
// `fuzz_gguf <directory of small .gguf files>`.
#include "gguf/gguf.h"

#include <cstdint>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto header = rocmforge::gguf::parse(bytes);
    if (!header)
        return 0;
    for (const auto& [key, value] : header->metadata.values())
        (void)header->metadata.numbers(key);
    for (const auto& tensor : header->tensors)
        if (tensor.data.data() < bytes.data()
            || tensor.data.data() + tensor.data.size() > bytes.data() + size)
            __builtin_trap();
    return 0;
}
