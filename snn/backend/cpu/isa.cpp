// Which kernels this machine can run.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "snn/backend/cpu/kernels.h"

namespace snn {

std::vector<std::string> isa_names() {
  std::vector<std::string> names;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v4")) names.emplace_back("avx512");
  if (__builtin_cpu_supports("x86-64-v3")) names.emplace_back("avx2");
#endif
  names.emplace_back("baseline");
  return names;
}

std::string choose_isa(const std::string& name) {
  const std::vector<std::string> names = isa_names();
  if (name == "auto") return names.front();
  if (std::ranges::find(names, name) != names.end()) return name;
  throw std::invalid_argument(
      fmt::format("instruction set '{}': this machine has auto, {}", name, fmt::join(names, ", ")));
}

}  // namespace snn
