#pragma once
// The one host+device macro: the arithmetic of neurons and the bodies of scans run on both.
#if defined(__CUDACC__)
#define SNN_HD __host__ __device__ __forceinline__
#else
#define SNN_HD inline __attribute__((always_inline))
#endif
#define SNN_RESTRICT __restrict__
