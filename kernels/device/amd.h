// Kernels on AMD GPUs, by the compiler's builtins.
#pragma once

#include <stdint.h>

#define DEVICE __attribute__((device))
/// Begins a kernel with one argument `p`, launched with at most `n_threads` per workgroup.
#define KERNEL(name, Parameters, n_threads)                                                                  \
    extern "C" __attribute__((global)) __attribute__((amdgpu_flat_work_group_size(1, n_threads))) void name( \
        const Parameters p)

namespace rocmforge::device {

#if defined(__AMDGCN_WAVEFRONT_SIZE__)
constexpr int wave_size = __AMDGCN_WAVEFRONT_SIZE__;
#else
constexpr int wave_size = 64; // only the host's pass over the source, which makes no code
#endif

DEVICE inline int thread_index()
{
    return static_cast<int>(__builtin_amdgcn_workitem_id_x());
}
DEVICE inline int group_x()
{
    return static_cast<int>(__builtin_amdgcn_workgroup_id_x());
}
DEVICE inline int group_y()
{
    return static_cast<int>(__builtin_amdgcn_workgroup_id_y());
}
DEVICE inline int group_z()
{
    return static_cast<int>(__builtin_amdgcn_workgroup_id_z());
}

/// Tells the compiler that a pointer from memory is to global memory, whose loads are faster. By way of a
/// number, since it would drop a conversion there and back.
template <typename T> DEVICE inline const T* global(const T* pointer)
{
    return (const T*)(const __attribute__((address_space(1))) T*)reinterpret_cast<uintptr_t>(pointer);
}

/// A kernel's parameters once more, so that what only its end needs takes no registers before.
template <typename Parameters> DEVICE inline Parameters read_again(const Parameters&)
{
    auto* segment = __builtin_amdgcn_kernarg_segment_ptr();
    asm volatile("" : "+s"(segment));
    Parameters p;
    __builtin_memcpy(&p, (const void*)segment, sizeof p);
    return p;
}

/// Keeps the compiler from gathering the loads of all that follows here, for want of registers.
DEVICE inline void keep_order()
{
    __builtin_amdgcn_sched_barrier(0);
}

/// Waits for all threads of the workgroup; what they wrote to local memory is visible after it.
DEVICE inline void barrier()
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

/// The old value; other workgroups see it at once.
DEVICE inline int fetch_add(int* counter, int n)
{
    return __hip_atomic_fetch_add(counter, n, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
}

/// The old value of a number in local memory.
template <typename T> DEVICE inline T local_add(T* number, T n)
{
    return __hip_atomic_fetch_add(number, n, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_WORKGROUP);
}

/// What this thread stored before is visible to threads of other workgroups that see_stores() after they
/// have seen, say by fetch_add(), that this one came so far.
DEVICE inline void publish_stores()
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "agent");
}
DEVICE inline void see_stores()
{
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "agent");
}

/// The workgroup's one T in local memory, of undefined content.
template <typename T> DEVICE inline T& local_memory()
{
    static __attribute__((shared)) T memory;
    return memory;
}

/// The value of the lane whose index differs by `mask`.
DEVICE inline int shuffle_xor(int value, int mask)
{
    const int source = (thread_index() ^ mask) % wave_size;
    return __builtin_amdgcn_ds_bpermute(source * 4, value);
}

/// c + the products of four signed bytes each.
DEVICE inline int dot4(int a, int b, int c)
{
#if __has_builtin(__builtin_amdgcn_sudot4) && (defined(__GFX11__) || defined(__GFX12__))
    return __builtin_amdgcn_sudot4(true, a, true, b, c, false);
#elif defined(__gfx906__) || defined(__gfx908__) || defined(__gfx90a__) || defined(__gfx942__)               \
    || defined(__gfx1011__) || defined(__gfx1012__) || defined(__gfx1030__) || defined(__gfx1031__)          \
    || defined(__gfx1032__) || defined(__gfx1034__) || defined(__gfx1035__) || defined(__gfx1036__)
    return __builtin_amdgcn_sdot4(a, b, c, false);
#else
    for (int i = 0; i < 32; i += 8)
        c += static_cast<int8_t>(a >> i) * static_cast<int8_t>(b >> i);
    return c;
#endif
}

using HalfPair = _Float16 __attribute__((ext_vector_type(2)));

/// c + the products of two halves each.
DEVICE inline float dot2(uint32_t a, uint32_t b, float c)
{
    const auto x = __builtin_bit_cast(HalfPair, a), y = __builtin_bit_cast(HalfPair, b);
#if defined(__gfx906__) || defined(__gfx908__) || defined(__gfx90a__) || defined(__gfx942__)                 \
    || defined(__gfx1011__) || defined(__gfx1012__) || defined(__gfx1030__) || defined(__gfx1031__)          \
    || defined(__gfx1032__) || defined(__gfx1034__) || defined(__gfx1035__) || defined(__gfx1036__)          \
    || defined(__GFX11__) || defined(__GFX12__)
    return __builtin_amdgcn_fdot2(x, y, c, false);
#else
    return c + static_cast<float>(x[0]) * static_cast<float>(y[0])
        + static_cast<float>(x[1]) * static_cast<float>(y[1]);
#endif
}

/// Two floats rounded to halves, `low` in the low bits; beyond their range the largest half.
DEVICE inline uint32_t pack_halves(float low, float high)
{
    const HalfPair pair{static_cast<_Float16>(__builtin_amdgcn_fmed3f(low, -largest_half, largest_half)),
                        static_cast<_Float16>(__builtin_amdgcn_fmed3f(high, -largest_half, largest_half))};
    return __builtin_bit_cast(uint32_t, pair);
}

/// Copies N bytes in the widest pieces the hardware has: AMD's loads need no alignment.
/// Byte i of the result is byte 0 … 7 of low and high as one, as byte i of `selectors` says.
DEVICE inline uint32_t select_bytes(uint32_t low, uint32_t high, uint32_t selectors)
{
    return __builtin_amdgcn_perm(high, low, selectors);
}

template <int N, int Alignment> DEVICE inline void load_bytes(void* to, const void* from)
{
    __builtin_memcpy(to, from, N);
}

/// 16 bytes, in registers.
using Piece = uint32_t __attribute__((ext_vector_type(4)));

/// `to` is aligned to 16 bytes.
DEVICE inline void store_piece(void* to, Piece piece)
{
    __builtin_memcpy(__builtin_assume_aligned(to, 16), &piece, 16);
}

DEVICE inline float exp2_of(float x)
{
    return __builtin_exp2f(x);
}
DEVICE inline float log2_of(float x)
{
    return __builtin_log2f(x);
}
DEVICE inline float root(float x)
{
    return __builtin_sqrtf(x);
}

} // namespace rocmforge::device
