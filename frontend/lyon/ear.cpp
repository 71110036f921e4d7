#include "frontend/lyon/ear.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <new>
#include <stdexcept>

#include "frontend/lyon/flush_denormals.h"
#include "frontend/lyon/isa.h"

namespace ear {

namespace {

EarKernel kernel_of(const std::string& isa) {
#if defined(__x86_64__)
  if (isa == "avx512") return avx512::ear_kernel();
  if (isa == "avx2") return avx2::ear_kernel();
#endif
  static_cast<void>(isa);
  return baseline::ear_kernel();
}

/// Without a branch, so that the compiler looks at many samples at once.
bool all_finite(std::span<const float> samples) {
  std::uint32_t largest = 0;
  for (const float x : samples) largest = std::max(largest, std::bit_cast<std::uint32_t>(x) & 0x7FFFFFFFU);
  return largest < 0x7F800000U;
}

struct AlignedDelete {
  void operator()(std::byte* memory) const { ::operator delete (memory, std::align_val_t{EarKernel::kAlignment}); }
};
using AlignedBytes = std::unique_ptr<std::byte, AlignedDelete>;

AlignedBytes aligned_bytes(std::size_t n) {
  return AlignedBytes(static_cast<std::byte*>(::operator new (n, std::align_val_t{EarKernel::kAlignment})));
}

/// The low-pass of one decimation as the kernel reads it.
struct LaneLowPass {
  int decimation = 0;
  float keep = 0.0F, cross = 0.0F;
  std::vector<float> weights;  // [D][2]

  LaneLowPass(double tau_factor, int d) : decimation(d) {
    const LowPassFactors factors = low_pass_weights(decimation_epsilon(tau_factor, d), d);
    keep = static_cast<float>(factors.keep);
    cross = static_cast<float>(factors.cross);
    weights.reserve(2 * factors.w1.size());
    for (std::size_t u = 0; u < factors.w1.size(); ++u) {
      weights.push_back(static_cast<float>(factors.w1[u]));
      weights.push_back(static_cast<float>(factors.w2[u]));
    }
  }
};

/// The one for a decimation, made where it is not there yet.
const LaneLowPass& low_pass_of(std::vector<std::unique_ptr<LaneLowPass>>& all, double tau_factor, int decimation) {
  for (const auto& each : all) {
    if (each->decimation == decimation) return *each;
  }
  return *all.emplace_back(std::make_unique<LaneLowPass>(tau_factor, decimation));
}

}  // namespace

Ear::Ear(const LyonCoeffs& coeffs, const std::string& isa)
    : factors_(ear_factors(coeffs)), tau_factor_(coeffs.tau_factor), isa_(choose_isa(isa)), kernel_(kernel_of(isa_)) {}

void Ear::check(const EarJob& job) const {
  if (job.decimation < 1) {
    throw std::invalid_argument(fmt::format("decimation {}: wanted 1 or more samples per step", job.decimation));
  }
  if (job.steps.size() % static_cast<std::size_t>(n_channels()) != 0) {
    throw std::invalid_argument(
        fmt::format("{} values for steps of {} channels: wanted whole steps", job.steps.size(), n_channels()));
  }
  if (all_finite(job.samples)) return;
  const auto bad = std::find_if_not(job.samples.begin(), job.samples.end(), [](float x) { return std::isfinite(x); });
  throw std::invalid_argument(fmt::format("sample {} is not finite", bad - job.samples.begin()));
}

void Ear::hear(std::span<const EarJob> jobs) const {
  for (const EarJob& job : jobs) check(job);
  const KernelDesign design = {factors_.sections.data(),
                               static_cast<int>(factors_.sections.size()),
                               {factors_.stages[0], factors_.stages[1], factors_.stages[2], factors_.stages[3]},
                               factors_.agc,
                               factors_.differ};
  const AlignedBytes memory = aligned_bytes(kernel_.n_bytes(design.n_rows));
  const FlushDenormals flush;
  while (!jobs.empty()) {
    const auto group = jobs.first(std::min<std::size_t>(jobs.size(), static_cast<std::size_t>(n_lanes())));
    std::vector<std::unique_ptr<LaneLowPass>> low_passes;
    std::vector<LaneTask> tasks;
    for (const EarJob& job : group) {
      const LaneLowPass& low_pass = low_pass_of(low_passes, tau_factor_, job.decimation);
      tasks.push_back({job.samples.data(), static_cast<std::int64_t>(job.samples.size()), job.decimation,
                       low_pass.weights.data(), low_pass.keep, low_pass.cross, job.scale, job.steps.data(),
                       static_cast<std::int64_t>(job.steps.size()) / n_channels()});
    }
    kernel_.hear(design, tasks.data(), static_cast<int>(tasks.size()), memory.get());
    jobs = jobs.subspan(group.size());
  }
}

}  // namespace ear
