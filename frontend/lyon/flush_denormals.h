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
  FlushDenormals() { set_mode(found_ | kFlush); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
  ~FlushDenormals() { set_mode(found_); }

 private:
#if defined(__SSE2__)
  static constexpr unsigned kFlush = 0x8000 | 0x0040;  // flush to zero, denormals are zero
  static unsigned mode() {
    return _mm_getcsr();
  }
  static void set_mode(unsigned mode) {
    _mm_setcsr(mode);
  }
#elif defined(__aarch64__)
  static constexpr std::uint64_t kFlush = std::uint64_t{1} << 24;
  static std::uint64_t mode() {
    std::uint64_t found;
    asm volatile("mrs %0, fpcr" : "=r"(found));
    return found;
  }
  static void set_mode(std::uint64_t bits) {
    asm volatile("msr fpcr, %0" : : "r"(bits));
  }
#else
  static constexpr int kFlush = 0;
  static int mode() {
    return 0;
  }
  static void set_mode(int) {}
#endif
  decltype(mode()) found_ = mode();
};

}  // namespace ear
