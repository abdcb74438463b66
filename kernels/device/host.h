// Kernels on the host, lane by lane.
#pragma once

#include "kernels/device/lane.h"
#include "quant/half.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define DEVICE
/// Exports the kernel, as name_threads the most threads it may have, and as name_bytes the size of its
/// parameters.
#define KERNEL(name, Parameters, n_threads)                                                                  \
    extern "C" const int name##_threads;                                                                     \
    extern "C" const int name##_threads = n_threads;                                                         \
    extern "C" const int name##_bytes;                                                                       \
    extern "C" const int name##_bytes = sizeof(Parameters);                                                  \
    static void run_##name(const Parameters& p);                                                             \
    extern "C" void name##_kernel(const void* parameters)                                                    \
    {                                                                                                        \
        run_##name(*static_cast<const Parameters*>(parameters));                                             \
    }                                                                                                        \
    static void run_##name([[maybe_unused]] const Parameters& p)

namespace rocmforge::device {

constexpr int wave_size = ROCMFORGE_WAVE_SIZE;

inline int thread_index()
{
    return host::current_lane->thread;
}
inline int group_x()
{
    return host::current_lane->group[0];
}
inline int group_y()
{
    return host::current_lane->group[1];
}
inline int group_z()
{
    return host::current_lane->group[2];
}

template <typename T> const T* global(const T* pointer)
{
    return pointer;
}

template <typename Parameters> const Parameters& read_again(const Parameters& p)
{
    return p;
}

inline void keep_order() { }

inline void barrier()
{
    host::wait_for_workgroup();
}

/// Workgroups run one after the other.
inline int fetch_add(int* counter, int n)
{
    *counter += n;
    return *counter - n;
}
template <typename T> T local_add(T* number, T n)
{
    *number += n;
    return *number - n;
}

inline void publish_stores() { }
inline void see_stores() { }

template <typename T> T& local_memory()
{
    return *static_cast<T*>(host::workgroup_memory(sizeof(T)));
}

inline int shuffle_xor(int value, int mask)
{
    return host::exchange_in_wave(value, (thread_index() ^ mask) % wave_size);
}

inline int dot4(int a, int b, int c)
{
    for (int i = 0; i < 32; i += 8)
        c += static_cast<int8_t>(a >> i) * static_cast<int8_t>(b >> i);
    return c;
}

inline float dot2(uint32_t a, uint32_t b, float c)
{
    for (int i = 0; i < 32; i += 16)
        c += half_to_float(static_cast<uint16_t>(a >> i)) * half_to_float(static_cast<uint16_t>(b >> i));
    return c;
}

inline uint32_t pack_halves(float low, float high)
{
    return float_to_half(fmaxf(fminf(low, largest_half), -largest_half))
        | uint32_t(float_to_half(fmaxf(fminf(high, largest_half), -largest_half))) << 16;
}

/// Byte i of the result is byte 0 … 7 of low and high as one, as byte i of `selectors` says.
inline uint32_t select_bytes(uint32_t low, uint32_t high, uint32_t selectors)
{
    const uint64_t bytes = low | static_cast<uint64_t>(high) << 32;
    uint32_t selected = 0;
    for (int i = 0; i < 32; i += 8)
        selected |= static_cast<uint32_t>(bytes >> (selectors >> i & 7) * 8 & 255) << i;
    return selected;
}

template <int N, int Alignment> void load_bytes(void* to, const void* from)
{
    memcpy(to, from, N);
}

struct Piece {
    uint32_t words[4];
};

inline void store_piece(void* to, Piece piece)
{
    memcpy(to, &piece, sizeof(piece));
}

inline float exp2_of(float x)
{
    return exp2f(x);
}
inline float log2_of(float x)
{
    return log2f(x);
}
inline float root(float x)
{
    return sqrtf(x);
}

} // namespace rocmforge::device
