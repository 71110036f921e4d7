#pragma once
// The ear for work: many recordings side by side, one in each lane of the machine's vector registers.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "frontend/lyon/factors.h"
#include "frontend/lyon/kernel.h"

namespace ear {

/// One recording for LaneEar: what to hear and where to write.
struct LaneJob {
  std::span<const float> samples;  ///< full scale +-1, finite; silence follows as long as steps are wanted
  int decimation = 1;              ///< D >= 1, samples per step
  float scale = 1.0F;              ///< factor on the output
  std::span<float> steps;          ///< [step][channel], written; channel 0 the highest
};

/// The ear of one design, cascade in double and the rest in float. Against AuditoryToolbox, relative to the largest
/// output: at most 1e-4 (tests/frontend/lyon/test_lane_ear.cpp). May be used by several threads.
class LaneEar {
 public:
  /// `coeffs`' decimation plays no part. Throws std::invalid_argument for an instruction set that is none of usable_isas().
  explicit LaneEar(const LyonCoeffs& coeffs, const std::string& isa = "auto");

  /// Hears the jobs, n_lanes() at a time in the order given: recordings of equal length side by side are cheapest. The
  /// numbers of a job do not depend on the others. Takes memory for the low-pass weights of n_lanes() jobs, 8 bytes for
  /// each sample of a step. Throws std::invalid_argument, with nothing written, if a sample is not finite, a decimation
  /// is below 1 or `steps` holds no whole number of steps.
  void hear(std::span<const LaneJob> jobs) const;

  /// Throws what hear() would throw for the job.
  void check(const LaneJob& job) const;

  int n_lanes() const { return kernel_.n_lanes; }
  int n_channels() const { return static_cast<int>(factors_.sections.size()) - lyon_model::kFrontRows; }
  /// The one in use.
  const std::string& isa() const { return isa_; }

 private:
  EarFactors factors_;
  double tau_factor_;
  std::string isa_;
  EarKernel kernel_;
};

}  // namespace ear
