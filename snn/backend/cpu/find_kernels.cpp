// The only file that knows the kernels of all instruction sets.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "snn/backend/cpu/kernels.h"

namespace snn {

namespace baseline {
template <class Real>
const Kernels<Real>& kernel_table();
}
namespace avx2 {
template <class Real>
const Kernels<Real>& kernel_table();
}
namespace avx512 {
template <class Real>
const Kernels<Real>& kernel_table();
}

template <class Real>
const Kernels<Real>& find_kernels(const std::string& name) {
  const std::vector<std::string> names = isa_names();
  const std::string& isa = name == "auto" ? names.front() : name;
  if (std::ranges::find(names, isa) == names.end()) {
    throw std::invalid_argument(
        fmt::format("instruction set '{}': this machine has auto, {}", name, fmt::join(names, ", ")));
  }
#if defined(__x86_64__)
  if (isa == "avx512") return avx512::kernel_table<Real>();
  if (isa == "avx2") return avx2::kernel_table<Real>();
#endif
  return baseline::kernel_table<Real>();
}

template const Kernels<OSSICLE_REAL>& find_kernels(const std::string&);

}  // namespace snn
