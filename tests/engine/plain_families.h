// All tiny decoders that have a plain restatement.
#pragma once

#include "plain_dense_families.h"
#include "plain_expert_families.h"
#include "plain_scan_family.h"
#include "plain_streams_family.h"

#include <memory>

namespace rocmforge::test {

struct PlainFamily {
    const char* name;
    TinyModel model;
    std::shared_ptr<PlainDecoder> decoder;
};

inline std::vector<PlainFamily> plainFamilies()
{
    const auto squaredRelu = [](double x) { return x > 0 ? x * x : 0.0; };
    const auto silu = [](double x) { return x / (1 + std::exp(-x)); };
    return {
        {"Apertus", makeApertus(), std::make_shared<PlainApertus>()},
        {"BitNet", makeBitnet("bitnet", true), std::make_shared<PlainBitnet>(silu)},
        {"BitNet b1.58", makeBitnet("bitnet-b1.58", false), std::make_shared<PlainBitnet>(squaredRelu)},
        {"Falcon-H1", makeFalconH1(), std::make_shared<PlainFalconH1>()},
        {"Mistral 4", makeTunedLatent(), std::make_shared<PlainTunedLatent>()},
        {"PLaMo 2", makePlamo2(), std::make_shared<PlainPlamo2>()},
        {"SmallThinker", makeSmallThinker(), std::make_shared<PlainSmallThinker>()},
        {"Grok 1", makeGrok(false), std::make_shared<PlainGrok>(false)},
        {"Grok 2", makeGrok(true), std::make_shared<PlainGrok>(true)},
        {"Arctic", makeArctic(), std::make_shared<PlainArctic>()},
        {"Command A MoE", makeCommandMoe(), std::make_shared<PlainCommandMoe>()},
        {"Gemma 3n", makeStreams(), std::make_shared<PlainStreams>()},
    };
}

/// Tokens of the tiny vocabulary, as one writes them into tests.
inline std::vector<int32_t> familyTokens(int n)
{
    std::vector<int32_t> tokens;
    for (int i = 0; i < n; ++i)
        tokens.push_back((i * i * 7 + 3 * i) % int(vocab));
    return tokens;
}

} // namespace rocmforge::test
