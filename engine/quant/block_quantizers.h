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

} // namespace rocmforge
