// Which kernels this machine can run.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <type_traits>

#include "snn/backend/cpu/kernels.h"

#if defined(__x86_64__)
#define OSSICLE_WIDE_ISAS
#endif

namespace snn {

#define OSSICLE_DECLARE_KERNELS(isa)           \
  namespace isa {                              \
  extern const Kernels<float> kFloatKernels;   \
  extern const Kernels<double> kDoubleKernels; \
  }
OSSICLE_DECLARE_KERNELS(baseline)
#if defined(OSSICLE_WIDE_ISAS)
OSSICLE_DECLARE_KERNELS(avx2)
OSSICLE_DECLARE_KERNELS(avx512)
#endif

namespace {

struct Isa {
  const char* name;
  bool (*is_usable)();
  const Kernels<float>* for_float;
  const Kernels<double>* for_double;
};

bool always() {
  return true;
}
#if defined(OSSICLE_WIDE_ISAS)
bool has_avx2() {
  return __builtin_cpu_supports("x86-64-v3");
}
bool has_avx512() {
  return __builtin_cpu_supports("x86-64-v4");
}
#endif

/// The best one first.
constexpr std::array kIsas = {
#if defined(OSSICLE_WIDE_ISAS)
    Isa{"avx512", has_avx512, &avx512::kFloatKernels, &avx512::kDoubleKernels},
    Isa{"avx2", has_avx2, &avx2::kFloatKernels, &avx2::kDoubleKernels},
#endif
    Isa{"baseline", always, &baseline::kFloatKernels, &baseline::kDoubleKernels}};

}  // namespace

std::vector<std::string> isa_names() {
  std::vector<std::string> names;
  for (const Isa& isa : kIsas) {
    if (isa.is_usable()) names.emplace_back(isa.name);
  }
  return names;
}

template <class Real>
const Kernels<Real>& find_kernels(const std::string& name) {
  for (const Isa& isa : kIsas) {
    if (!isa.is_usable() || (name != "auto" && name != isa.name)) continue;
    if constexpr (std::is_same_v<Real, float>) {
      return *isa.for_float;
    } else {
      return *isa.for_double;
    }
  }
  throw std::invalid_argument(
      fmt::format("instruction set '{}': this machine has auto, {}", name, fmt::join(isa_names(), ", ")));
}

template const Kernels<float>& find_kernels(const std::string&);
template const Kernels<double>& find_kernels(const std::string&);

}  // namespace snn
