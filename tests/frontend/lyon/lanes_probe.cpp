// Compiled once for each instruction set, in a namespace of its name.
#include "tests/frontend/lyon/lanes_probe.h"

#include "frontend/lyon/simd_lanes.h"

namespace lanes_probe::OSSICLE_ISA {

using namespace ear::OSSICLE_ISA;
using L = SimdLanes;

Results probe(const float* a, const float* b, double factor) {
  L::Real x, y;
  __builtin_memcpy(&x, a, sizeof x);
  __builtin_memcpy(&y, b, sizeof y);
  const L::Wide wide_x = L::widen(x), wide_y = L::widen(y);
  const L::Real splat = L::splat(a[0]), larger = L::larger(x, y);
  const L::Real sum = L::narrow(wide_x + wide_y), difference = L::narrow(wide_x - wide_y);
  const L::Real product = L::narrow(factor * wide_x);
  Results results{};
  results.n_lanes = kLanes;
  __builtin_memcpy(results.splat, &splat, sizeof splat);
  __builtin_memcpy(results.larger, &larger, sizeof larger);
  __builtin_memcpy(results.widened, &wide_x.low, sizeof wide_x.low);
  __builtin_memcpy(results.widened + kLanes / 2, &wide_x.high, sizeof wide_x.high);
  __builtin_memcpy(results.sum, &sum, sizeof sum);
  __builtin_memcpy(results.difference, &difference, sizeof difference);
  __builtin_memcpy(results.product, &product, sizeof product);
  return results;
}

}  // namespace lanes_probe::OSSICLE_ISA
