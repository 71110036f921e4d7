#pragma once
// Lyon's passive ear as AuditoryToolbox version 2 computes it, for many recordings side by side, one in each lane of the
// machine's vector registers. What it does in corner cases:
//  Q1  The original clears its two front rows after the rectifier at every sample if D = 1, but only at the first
//      sample of each block of D otherwise (linear indexing). Done here in the same way: published results depend on it.
//  Q2  The first channel is compensator minus first section: always 0 for D = 1, not for D > 1. As the original.
//  Q3  Every output is a difference of neighbours; the last row's own remainder is never seen. As the original.
//  Q4  Where blocks of D start matters (Q1); how many samples are computed at a time does not.
//  Q5  The low-pass delays by about 5 steps and nothing is flushed; a caller appends silence
//      (FrontEndParams::tail_steps).
//  Q6  Fewer than D samples give no step, here without an error; the front end refuses such a recording. D is whole.
//  Q7  Level matters: full scale is +-1 (read_sound sees to it); 16-bit integers as numbers would overrun the gain
//      control.
//  Q8  Gain states start at 0, so the first millisecond of a loud onset overshoots. As the original.
//  Q9  The original turns a NaN into silence for ever; here samples that are not finite are refused.
//  Q10 The original takes the first channel of a stereo sound; read_sound mixes all channels to one.
//  Q11 A constant input decays to 0: the compensator has a zero at 0 Hz. Digital silence gives exact zeros.
//  Q12 D = 1 switches the low-pass off; tau_factor = 0 makes it a delay of two samples. As the original.
//  Q13 At D = 1 most outputs are exactly 0, at D = 100 none is. As the original.
//  Q14 In float the second-order low-pass would lose 1 %: within a step it is a weighted sum (decimator.h).
//  Q15 Subnormal numbers are flushed to 0 while the ear runs (flush_denormals.h).
//  Q16 The number of channels depends on the sample rate: the front end resamples to one rate; solve_step_factor()
//      fixes N.
//  Q17 The number of steps depends on the length: the front end chooses D for a wanted number
//      (FrontEndParams::n_steps).
//  Q18 The default step factor is ear_q / 32, as the original's code (its text says 32 / ear_q); D < 1 is an error.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "frontend/lyon/factors.h"
#include "frontend/lyon/kernel.h"

namespace ear {

/// An instruction set, and the kernel that is compiled for it.
struct Isa {
  std::string name;
  EarKernel kernel;
};

/// Those of this build that this machine runs, the plainest first, the fastest last: "baseline" always, on x86-64 also "avx2" and
/// "avx512".
std::vector<Isa> usable_isas();

/// The one of that name; for "auto" or "" the fastest. Throws std::invalid_argument, listing the usable ones, for a name that is
/// none of them.
Isa choose_isa(const std::string& name);

/// One recording for Ear: what to hear and where to write.
struct EarJob {
  std::span<const float> samples;  ///< full scale +-1, finite; silence follows as long as steps are wanted
  int decimation = 1;              ///< D >= 1, samples per step
  float scale = 1.0F;              ///< factor on the output
  std::span<float> steps;          ///< [step][channel], written; channel 0 the highest
};

/// The ear of one design, cascade in double and the rest in float. Against AuditoryToolbox, relative to the largest
/// output: at most 1e-4 (tests/frontend/lyon/test_ear.cpp). May be used by several threads.
class Ear {
 public:
  /// Throws std::invalid_argument for an instruction set that is none of usable_isas().
  explicit Ear(const LyonCoeffs& coeffs, const std::string& isa = "auto");

  /// Hears the jobs, n_lanes() at a time in the order given: recordings of equal length side by side are cheapest. The
  /// numbers of a job do not depend on the others. Takes memory for the low-pass weights of n_lanes() jobs, 8 bytes for
  /// each sample of a step. Throws std::invalid_argument, with nothing written, if a sample is not finite, a decimation
  /// is below 1 or `steps` holds no whole number of steps.
  void hear(std::span<const EarJob> jobs) const;

  /// Throws what hear() would throw for the job.
  void check(const EarJob& job) const;

  int n_lanes() const { return isa_.kernel.n_lanes; }
  int n_channels() const { return static_cast<int>(factors_.sections.size()) - lyon_model::kFrontRows; }
  /// The one in use.
  const std::string& isa() const { return isa_.name; }

  /// For what runs the kernel by itself (ear_stream.h).
  const EarKernel& kernel() const { return isa_.kernel; }
  KernelDesign design() const {
    return {factors_.sections.data(), static_cast<int>(factors_.sections.size()), factors_.stages.data(), factors_.agc,
            factors_.differ};
  }
  double tau_factor() const { return tau_factor_; }

 private:
  EarFactors factors_;
  double tau_factor_;
  Isa isa_;
};

}  // namespace ear
