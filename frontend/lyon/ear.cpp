#include "frontend/lyon/ear.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <stdexcept>

#include "frontend/base/require.h"
#include "frontend/lyon/flush_denormals.h"
#include "frontend/lyon/lane.h"

namespace ear {

namespace {

/// Without a branch, so that the compiler looks at many samples at once.
bool all_finite(std::span<const float> samples) {
  std::uint32_t largest = 0;
  for (const float x : samples) largest = std::max(largest, std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFU);
  return largest < 0x7F800000U;
}

}  // namespace

std::vector<Isa> usable_isas() {
  std::vector<Isa> isas = {{"baseline", baseline::ear_kernel()}};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v3")) isas.push_back({"avx2", avx2::ear_kernel()});
  if (__builtin_cpu_supports("x86-64-v4")) isas.push_back({"avx512", avx512::ear_kernel()});
#endif
  return isas;
}

Isa choose_isa(const std::string& name) {
  const std::vector<Isa> usable = usable_isas();
  if (name.empty() || name == "auto") return usable.back();
  std::string names;
  for (const Isa& isa : usable) {
    if (isa.name == name) return isa;
    names += isa.name + ", ";
  }
  throw std::invalid_argument(fmt::format("instruction set '{}': this machine and build have {}or auto", name, names));
}

Ear::Ear(const LyonCoeffs& coeffs, const std::string& isa)
    : factors_(ear_factors(coeffs)), tau_factor_(coeffs.tau_factor), isa_(choose_isa(isa)) {}

void Ear::check(const EarJob& job) const {
  require(job.decimation >= 1, "decimation {}: wanted 1 or more samples per step", job.decimation);
  require(job.steps.size() % static_cast<std::size_t>(n_channels()) == 0,
          "{} values for steps of {} channels: wanted whole steps", job.steps.size(), n_channels());
  if (all_finite(job.samples)) return;
  const auto bad = std::find_if_not(job.samples.begin(), job.samples.end(), [](float x) { return std::isfinite(x); });
  require(false, "sample {} is not finite", bad - job.samples.begin());
}

void Ear::hear(std::span<const EarJob> jobs) const {
  for (const EarJob& job : jobs) check(job);
  const LaneMemory memory = lane_memory(kernel(), design().n_rows);
  const FlushDenormals flush;
  while (!jobs.empty()) {
    const auto group = jobs.first(std::min<std::size_t>(jobs.size(), static_cast<std::size_t>(n_lanes())));
    std::map<int, LaneLowPass> low_passes;  // by decimation
    std::vector<LaneTask> tasks;
    std::int64_t end = 0;
    for (const EarJob& job : group) {
      const LaneLowPass& low_pass = low_passes.try_emplace(job.decimation, tau_factor_, job.decimation).first->second;
      tasks.push_back({job.samples.data(), static_cast<std::int64_t>(job.samples.size()), job.decimation,
                       low_pass.weights.data(), low_pass.keep, low_pass.cross, job.scale, job.steps.data(),
                       static_cast<std::int64_t>(job.steps.size()) / n_channels()});
      end = std::max(end, tasks.back().n_steps * job.decimation);
    }
    kernel().hear(design(), tasks.data(), static_cast<int>(tasks.size()), {0, end}, memory.get());
    jobs = jobs.subspan(group.size());
  }
}

}  // namespace ear
