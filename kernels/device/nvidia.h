// Kernels on NVIDIA GPUs, by nvcc: to run AMD's sources at speed where there is no AMD GPU.
#pragma once

#include "quant/half.h"

#include <stdint.h>

#define DEVICE __device__
#define KERNEL(name, Parameters, n_threads)                                                                  \
    extern "C" __global__ __launch_bounds__(n_threads) void name(const Parameters p)

namespace rocmforge::device {

constexpr int wave_size = 32;

DEVICE inline int thread_index()
{
    return static_cast<int>(threadIdx.x);
}
DEVICE inline int group_x()
{
    return static_cast<int>(blockIdx.x);
}
DEVICE inline int group_y()
{
    return static_cast<int>(blockIdx.y);
}
DEVICE inline int group_z()
{
    return static_cast<int>(blockIdx.z);
}

template <typename T> DEVICE inline const T* global(const T* pointer)
{
    return pointer;
}

template <typename Parameters> DEVICE inline const Parameters& read_again(const Parameters& p)
{
    return p;
}

DEVICE inline void keep_order() { }

DEVICE inline void barrier()
{
    __syncthreads();
}

DEVICE inline int fetch_add(int* counter, int n)
{
    return atomicAdd(counter, n);
}

DEVICE inline int local_add(int* number, int n)
{
    return atomicAdd(number, n);
}
DEVICE inline uint32_t local_add(uint32_t* number, uint32_t n)
{
    return atomicAdd(number, n);
}
DEVICE inline uint64_t local_add(uint64_t* number, uint64_t n)
{
    static_assert(sizeof(uint64_t) == sizeof(unsigned long long));
    return atomicAdd(reinterpret_cast<unsigned long long*>(number), static_cast<unsigned long long>(n));
}

DEVICE inline void publish_stores()
{
    __threadfence();
}
DEVICE inline void see_stores()
{
    __threadfence();
}

template <typename T> DEVICE inline T& local_memory()
{
    static __shared__ T memory;
    return memory;
}

DEVICE inline int shuffle_xor(int value, int mask)
{
    return __shfl_xor_sync(0xffffffffu, value, mask);
}

DEVICE inline int dot4(int a, int b, int c)
{
    return __dp4a(a, b, c);
}

/// Byte i of the result is byte 0 … 7 of low and high as one, as byte i of `selectors` says.
DEVICE inline uint32_t select_bytes(uint32_t low, uint32_t high, uint32_t selectors)
{
    const uint32_t pairs = selectors | selectors >> 4;
    return __byte_perm(low, high, __byte_perm(pairs, 0, 0x0020));
}

/// c + the products of two halves each.
DEVICE inline float dot2(uint32_t a, uint32_t b, float c)
{
    c += half_to_float(static_cast<uint16_t>(a)) * half_to_float(static_cast<uint16_t>(b));
    return c + half_to_float(static_cast<uint16_t>(a >> 16)) * half_to_float(static_cast<uint16_t>(b >> 16));
}

/// Two floats rounded to halves, `low` in the low bits; beyond their range the largest half.
DEVICE inline uint32_t pack_halves(float low, float high)
{
    uint32_t pair;
    asm("cvt.rn.satfinite.f16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
    return pair;
}

/// Words that begin anywhere, from the aligned ones that hold them.
template <int Words> DEVICE inline void load_unaligned(uint32_t* to, const void* from)
{
    const auto address = reinterpret_cast<uintptr_t>(from);
    const auto* words = reinterpret_cast<const uint32_t*>(address & ~uintptr_t{3});
    const auto shift = static_cast<uint32_t>(address & 3) * 8;
    uint32_t low = words[0];
    for (int i = 0; i < Words; ++i) {
        const bool ends_before = i + 1 == Words && shift == 0;
        const uint32_t high = ends_before ? 0 : words[i + 1];
        to[i] = __funnelshift_r(low, high, shift);
        low = high;
    }
}

/// Loads of N bytes must be aligned to as many.
template <int N, int Alignment> DEVICE inline void load_bytes(void* to, const void* from)
{
    constexpr int piece = Alignment < 16 ? Alignment : 16;
    if constexpr (piece < 4 && N % 4 == 0) {
        load_unaligned<N / 4>(static_cast<uint32_t*>(to), from);
    } else if constexpr (piece >= 16) {
        for (int i = 0; i < N / 16; ++i)
            static_cast<uint4*>(to)[i] = static_cast<const uint4*>(from)[i];
    } else if constexpr (piece >= 4) {
        for (int i = 0; i < N / 4; ++i)
            static_cast<uint32_t*>(to)[i] = static_cast<const uint32_t*>(from)[i];
    } else {
        for (int i = 0; i < N / 2; ++i)
            static_cast<uint16_t*>(to)[i] = static_cast<const uint16_t*>(from)[i];
    }
}

/// 16 bytes, in registers.
using Piece = uint4;

/// `to` is aligned to 16 bytes.
DEVICE inline void store_piece(void* to, Piece piece)
{
    *static_cast<Piece*>(to) = piece;
}

DEVICE inline float exp2_of(float x)
{
    return exp2f(x);
}
DEVICE inline float log2_of(float x)
{
    return log2f(x);
}
DEVICE inline float root(float x)
{
    return sqrtf(x);
}

} // namespace rocmforge::device
