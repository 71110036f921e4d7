#pragma once
// Decaying filter states end in subnormal numbers, which some processors handle many times slower.
#include <cstdint>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace ear {

/// While it lives, subnormal results and operands of this thread count as 0, where the processor can (x86-64, arm64);
/// the floating-point mode found is restored at the end.
class FlushDenormals {
 public:
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
#if defined(__SSE2__)
  FlushDenormals() : found_(_mm_getcsr()) {
    _mm_setcsr(found_ | kFlushToZero | kDenormalsAreZero);
  }
  ~FlushDenormals() {
    _mm_setcsr(found_);
  }

 private:
  static constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  unsigned found_;
#elif defined(__aarch64__)
  FlushDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(found_));
    asm volatile("msr fpcr, %0" : : "r"(found_ | kFlushToZero));
  }
  ~FlushDenormals() {
    asm volatile("msr fpcr, %0" : : "r"(found_));
  }

 private:
  static constexpr std::uint64_t kFlushToZero = std::uint64_t{1} << 24;
  std::uint64_t found_;
#else
  FlushDenormals() = default;
  ~FlushDenormals() {}
#endif
};

}  // namespace ear
