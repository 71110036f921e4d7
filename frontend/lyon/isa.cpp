#include "frontend/lyon/isa.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace ear {

std::vector<std::string> usable_isas() {
  std::vector<std::string> names = {"baseline"};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3")) names.push_back("avx2");
  if (__builtin_cpu_supports("x86-64-v4")) names.push_back("avx512");
#endif
  return names;
}

std::string choose_isa(const std::string& name) {
  const auto usable = usable_isas();
  if (name.empty() || name == "auto") return usable.back();
  if (std::find(usable.begin(), usable.end(), name) == usable.end()) {
    throw std::invalid_argument(
        fmt::format("instruction set '{}': this machine and build have {}; or auto", name, fmt::join(usable, ", ")));
  }
  return name;
}

}  // namespace ear
