#include "tools/train/memory_report.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <stdexcept>
#include <utility>

namespace tools {

namespace {

constexpr double kMega = 1e6;

double in_mb(std::size_t n_bytes) {
  return static_cast<double>(n_bytes) / kMega;
}

}  // namespace

std::string to_text(const snn::MemoryForecast& memory) {
  const std::array<std::pair<const char*, std::size_t>, 7> rows = {{{"data", memory.data},
                                                                    {"program", memory.program},
                                                                    {"parameters", memory.parameters},
                                                                    {"activations", memory.activations},
                                                                    {"scratch", memory.scratch},
                                                                    {"checkpoint", memory.checkpoint},
                                                                    {"peak", memory.peak()}}};
  std::string text;
  for (const auto& [name, n_bytes] : rows) text += fmt::format("{}\t{:.1f} MB\n", name, in_mb(n_bytes));
  if (memory.has_device) text += fmt::format("device peak\t{:.1f} MB\n", in_mb(memory.device_peak()));
  return text;
}

std::size_t machine_memory() {
  const long n_pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
  std::size_t memory = std::numeric_limits<std::size_t>::max();
  if (n_pages > 0 && page > 0) memory = static_cast<std::size_t>(n_pages) * static_cast<std::size_t>(page);
  std::ifstream limit("/sys/fs/cgroup/memory.max");  // holds "max" where there is none
  if (std::size_t n_bytes = 0; limit >> n_bytes) memory = std::min(memory, n_bytes);
  return memory;
}

void require_memory(const snn::MemoryForecast& memory, std::size_t available) {
  if (memory.peak() <= available) return;
  throw std::runtime_error(fmt::format(
      "this training takes about {:.0f} MB, {:.0f} of them for the data, and the machine has {:.0f} MB; use "
      "a smaller --batch or --hidden (--dry-run says what takes how much)",
      in_mb(memory.peak()), in_mb(memory.data), in_mb(available)));
}

}  // namespace tools
