#pragma once
// The host+device macros: the arithmetic of neurons and the bodies of scans run on both.
#if defined(__CUDACC__)
#define SNN_HD __host__ __device__ __forceinline__
#else
#define SNN_HD inline __attribute__((always_inline))
#endif
#if defined(__CUDA_ARCH__)
#define SNN_UNROLL _Pragma("unroll")
#define SNN_ROLLED _Pragma("unroll 1")
#elif defined(__CUDACC__)
#define SNN_UNROLL  // what nvcc hands to the host's compiler, it runs nowhere
#define SNN_ROLLED
#else
#define SNN_UNROLL _Pragma("GCC unroll 16")
#define SNN_ROLLED
#endif
#define SNN_RESTRICT __restrict__

namespace snn {

/// Asks for a number in memory before it is needed; a hint that changes no result.
SNN_HD void prefetch([[maybe_unused]] const void* address) {
#if !defined(__CUDA_ARCH__)
  __builtin_prefetch(address);
#endif
}

}  // namespace snn
