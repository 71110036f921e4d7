#pragma once
// As many sounds side by side as a vector register of the instruction set has floats. Only for sources that
// ossicle_isa_kernels() compiles: OSSICLE_ISA is the set's name.
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace ear::OSSICLE_ISA {

// Halves of a vector by shuffles: through a union GCC 12 goes by way of memory, which takes twice the time of all the
// rest.
#if defined(__AVX512F__)
inline constexpr int kLanes = 16;
#define OSSICLE_JOIN(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define OSSICLE_LOW(a) __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7)
#define OSSICLE_HIGH(a) __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15)
#elif defined(__AVX__)
inline constexpr int kLanes = 8;
#define OSSICLE_JOIN(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7)
#define OSSICLE_LOW(a) __builtin_shufflevector(a, a, 0, 1, 2, 3)
#define OSSICLE_HIGH(a) __builtin_shufflevector(a, a, 4, 5, 6, 7)
#else
inline constexpr int kLanes = 4;
#define OSSICLE_JOIN(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3)
#define OSSICLE_LOW(a) __builtin_shufflevector(a, a, 0, 1)
#define OSSICLE_HIGH(a) __builtin_shufflevector(a, a, 2, 3)
#endif

typedef float Floats __attribute__((vector_size(4 * kLanes)));
typedef float HalfFloats __attribute__((vector_size(2 * kLanes)));
typedef double Doubles __attribute__((vector_size(4 * kLanes)));  // half the lanes

/// All lanes in double: two registers.
struct WideLanes {
  Doubles low, high;
};

[[gnu::always_inline]] inline WideLanes operator+(const WideLanes& a, const WideLanes& b) {
  return {a.low + b.low, a.high + b.high};
}
[[gnu::always_inline]] inline WideLanes operator-(const WideLanes& a, const WideLanes& b) {
  return {a.low - b.low, a.high - b.high};
}
[[gnu::always_inline]] inline WideLanes operator*(double factor, const WideLanes& a) {
  return {factor * a.low, factor * a.high};
}

struct SimdLanes {
  using Real = Floats;
  using Wide = WideLanes;

  [[gnu::always_inline]] static Real splat(float value) { return value - Real{}; }

  [[gnu::always_inline]] static Real narrow(const Wide& value) {
#if defined(__AVX__) && !defined(__AVX512F__)
    // The shuffle of two converted halves would clear upper halves that are clear.
    const __m128 low = _mm256_cvtpd_ps(reinterpret_cast<__m256d>(value.low));
    const __m128 high = _mm256_cvtpd_ps(reinterpret_cast<__m256d>(value.high));
    return reinterpret_cast<Real>(_mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1));
#else
    return OSSICLE_JOIN(__builtin_convertvector(value.low, HalfFloats),
                        __builtin_convertvector(value.high, HalfFloats));
#endif
  }

  [[gnu::always_inline]] static Wide widen(const Real& value) {
    return {__builtin_convertvector(OSSICLE_LOW(value), Doubles),
            __builtin_convertvector(OSSICLE_HIGH(value), Doubles)};
  }

  /// As one instruction: GCC 12 makes a comparison and a choice of a > b ? a : b in some places.
  [[gnu::always_inline]] static Real larger(const Real& a, const Real& b) {
#if defined(__AVX512F__)
    // Not _mm512_max_ps: GCC 12 warns of its undefined pass-through (GCC bug 105593).
    return reinterpret_cast<Real>(
        _mm512_maskz_max_ps(0xFFFF, reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b)));
#elif defined(__AVX__)
    return reinterpret_cast<Real>(_mm256_max_ps(reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b)));
#elif defined(__SSE2__)
    return reinterpret_cast<Real>(_mm_max_ps(reinterpret_cast<__m128>(a), reinterpret_cast<__m128>(b)));
#else
    return a > b ? a : b;
#endif
  }
};

#undef OSSICLE_JOIN
#undef OSSICLE_LOW
#undef OSSICLE_HIGH

}  // namespace ear::OSSICLE_ISA
