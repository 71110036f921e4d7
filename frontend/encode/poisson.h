#pragma once
// Spikes at random, at a rate that follows the intensity: an inhomogeneous Poisson process in steps, with at most one
// spike in each. D. Heeger, "Poisson model of spike generation", 2000; P. Dayan, L. Abbott, "Theoretical Neuroscience",
// MIT Press 2001, section 1.4.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "frontend/encode/steps.h"

namespace ear {

struct PoissonParams {
  double rate_hz = 200.0;
  std::int64_t seed = 1;
  RasterSteps steps = {};
  bool operator==(const PoissonParams&) const = default;
};
template <MaybeConst<PoissonParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"rate_hz", above(0), "Spikes in a second at intensity 1"}, p.rate_hz);
  f({"seed", at_least(0), "Of the random numbers"}, p.seed);
  visit_fields(p.steps, f);
}

/// Spikes 0 or 1 [T * hold, or max_steps][C] of values [T][C] with steps of dt_ms (> 0): in each step of the raster a
/// spike with probability min(1, rate x dt), none where x <= 0. The random number is a function of seed, the CRC-32 of
/// `key`, step and channel, so order, shards and threads change nothing. [Poisson rate]
/// Throws std::invalid_argument for params or dt_ms out of range, a broken row, a raster that is too large.
std::vector<std::uint8_t> poisson_encode(std::span<const float> values, int n_channels, double dt_ms,
                                         const std::string& key, const PoissonParams& params);

}  // namespace ear
