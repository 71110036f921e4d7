#include "frontend/lyon/lane.h"

#include <cstdlib>
#include <new>

#include "frontend/lyon/factors.h"

namespace ear {

LaneLowPass::LaneLowPass(double tau_factor, int decimation) {
  const LowPassFactors factors = low_pass_weights(decimation_epsilon(tau_factor, decimation), decimation);
  keep = static_cast<float>(factors.keep);
  cross = static_cast<float>(factors.cross);
  weights.reserve(2 * factors.w1.size());
  for (std::size_t u = 0; u < factors.w1.size(); ++u) {
    weights.push_back(static_cast<float>(factors.w1[u]));
    weights.push_back(static_cast<float>(factors.w2[u]));
  }
}

LaneMemory lane_memory(const EarKernel& kernel, int n_rows) {
  constexpr auto kAlignment = EarKernel::kAlignment;
  const std::size_t n_blocks = kernel.n_bytes(n_rows) / kAlignment + 1;
  LaneMemory memory(std::aligned_alloc(kAlignment, n_blocks * kAlignment), std::free);
  if (!memory) throw std::bad_alloc();
  return memory;
}

}  // namespace ear
