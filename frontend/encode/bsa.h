#pragma once
// Ben's Spiker Algorithm: spikes whose convolution with a kernel gives the signal back. B. Schrauwen, J. Van Campenhout,
// "BSA, a fast and accurate spike train encoding scheme", IJCNN 2003, with the kernel and the constants that
// W. Zhang and P. Li use for TI46 ("Spike-train level backpropagation for training deep recurrent spiking neural
// networks", NeurIPS 2019, and its program).
#include <cstdint>
#include <span>
#include <vector>

#include "frontend/encode/steps.h"

namespace ear {

struct BsaParams {
  double scale = 1.0;         ///< a spike in every step stands for 1
  int taps = 24;              ///< J
  double kernel_width = 5.0;  ///< k_j is proportional to exp(-((j - J/2) / width)^2), its sum is 1
  double threshold = 0.6;     ///< by how much a spike must lessen the sum of absolute values
  RasterSteps steps = {};
  bool operator==(const BsaParams&) const = default;
};
template <MaybeConst<BsaParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"scale",
     {1e-30, 1e30},
     "Factor before encoding; the TI46 recipe has 2000 and --hold 10, after ossicle-lyon --decimation 200 "
     "--scale 1"},
    p.scale);  // its inverse, too, is a normal float
  f({"taps", {1, 4096}, "Steps of the kernel"}, p.taps);
  f({"kernel_width", above(0), "Width of its bell in steps"}, p.kernel_width);
  f({"threshold", at_least(0), "By how much a spike must lessen the error"}, p.threshold);
  visit_fields(p.steps, f);
}

/// k_j, j = 0..taps-1. [BSA kernel]
std::vector<float> bsa_kernel(const BsaParams& params);

/// Spikes 0 or 1 [T * hold, or max_steps][C] of values [T][C]. At each step i, in every channel alone: where
/// sum_j |x_(i+j) - k_j| < sum_j |x_(i+j)| - threshold, a spike at i, and k is subtracted from x at i..i+J-1. Beyond its
/// end x is 0. Sums are in float, j rising, so the bits depend on no instruction set. [BSA encode]
/// Throws std::invalid_argument for params out of range, a broken row, a value that is not finite when scaled, a raster
/// that is too large.
std::vector<std::uint8_t> bsa_encode(std::span<const float> values, int n_channels, const BsaParams& params);

/// The cochleagram [ceil(T / hold)][C] that spikes [T][C] stand for: sum_j s_(i-j) k_j, the mean over each held value,
/// divided by the scale. [BSA decode] Throws std::invalid_argument as above.
std::vector<float> bsa_decode(std::span<const std::uint8_t> spikes, int n_channels, const BsaParams& params);

}  // namespace ear
