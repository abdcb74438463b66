// One overload per format that can be written: a block of Block::weights floats, rounded.
#pragma once

namespace rocmforge {

struct BlockF32;
struct BlockF16;
struct BlockBF16;
struct BlockQ4_0;
struct BlockQ4_1;
struct BlockQ5_0;
struct BlockQ5_1;
struct BlockQ8_0;
struct BlockQ2_K;
struct BlockQ3_K;
struct BlockQ4_K;
struct BlockQ5_K;
struct BlockQ6_K;
struct BlockIQ4_NL;
struct BlockIQ4_XS;
struct BlockMXFP4;
struct BlockIQ2_XXS;
struct BlockIQ2_XS;
struct BlockIQ3_XXS;
struct BlockIQ1_S;
struct BlockIQ3_S;
struct BlockIQ2_S;
struct BlockIQ1_M;
struct BlockTQ1_0;
struct BlockTQ2_0;
struct BlockNVFP4;
struct BlockQ1_0;
struct BlockQ2_0;

void quantize(const float* x, BlockF32& block);
void quantize(const float* x, BlockF16& block);
void quantize(const float* x, BlockBF16& block);
void quantize(const float* x, BlockQ4_0& block);
void quantize(const float* x, BlockQ4_1& block);
void quantize(const float* x, BlockQ5_0& block);
void quantize(const float* x, BlockQ5_1& block);
void quantize(const float* x, BlockQ8_0& block);
void quantize(const float* x, BlockQ2_K& block);
void quantize(const float* x, BlockQ3_K& block);
void quantize(const float* x, BlockQ4_K& block);
void quantize(const float* x, BlockQ5_K& block);
void quantize(const float* x, BlockQ6_K& block);
void quantize(const float* x, BlockIQ4_NL& block);
void quantize(const float* x, BlockIQ4_XS& block);
void quantize(const float* x, BlockMXFP4& block);
void quantize(const float* x, BlockIQ2_XXS& block);
void quantize(const float* x, BlockIQ2_XS& block);
void quantize(const float* x, BlockIQ3_XXS& block);
void quantize(const float* x, BlockIQ1_S& block);
void quantize(const float* x, BlockIQ3_S& block);
void quantize(const float* x, BlockIQ2_S& block);
void quantize(const float* x, BlockIQ1_M& block);
void quantize(const float* x, BlockTQ1_0& block);
void quantize(const float* x, BlockTQ2_0& block);
void quantize(const float* x, BlockNVFP4& block);
void quantize(const float* x, BlockQ1_0& block);
void quantize(const float* x, BlockQ2_0& block);

} // namespace rocmforge
