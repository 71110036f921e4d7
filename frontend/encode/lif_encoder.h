#pragma once
// A leaky integrate-and-fire neuron for each channel, driven by its intensity: the equation of W. Gerstner, W. Kistler,
// R. Naud, L. Paninski, "Neuronal Dynamics", Cambridge 2014, section 1.3, with resting potential and reset 0.
#include <cstdint>
#include <span>
#include <vector>

#include "frontend/encode/steps.h"

namespace ear {

struct LifEncoderParams {
  double gain = 1.0;
  double tau_ms = 20.0;
  double threshold = 0.1;
  double refractory_ms = 0.0;  ///< rounded to steps of the raster; the potential stays 0 that long after a spike
  RasterSteps steps = {};
  bool operator==(const LifEncoderParams&) const = default;
};
template <MaybeConst<LifEncoderParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"gain", above(0), "Factor from the intensity to the driving potential"}, p.gain);
  f({"tau_ms", above(0), "Time constant of the membrane in ms"}, p.tau_ms);
  f({"threshold", above(0), "Potential of a spike"}, p.threshold);
  f({"refractory_ms", at_least(0), "Silence after a spike in ms"}, p.refractory_ms);
  visit_fields(p.steps, f);
}

/// Spikes 0 or 1 [T * hold, or max_steps][C] of values [T][C] with steps of dt_ms (> 0). The exact solution of
/// tau du/dt = -u + gain x over a step of constant x, then a spike and u = 0 where u >= threshold; one spike a step at
/// most. [LIF Eq. 1.5] Throws std::invalid_argument for params or dt_ms out of range, a broken row, a value that is not
/// finite with the gain, a raster that is too large.
std::vector<std::uint8_t> lif_encode(std::span<const float> values, int n_channels, double dt_ms,
                                     const LifEncoderParams& params);

}  // namespace ear
