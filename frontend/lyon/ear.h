#pragma once
// Lyon's passive ear as AuditoryToolbox version 2 computes it, in double, fed in blocks of any length. LaneEar
// (lane_ear.h) is the fast one; both run the same passes (passes.h) and do this in corner cases:
//  Q1  The original clears its two front rows after the rectifier at every sample if D = 1, but only at the first
//      sample of each block of D otherwise (linear indexing). Done here in the same way: published results depend on it.
//  Q2  The first channel is compensator minus first section: always 0 for D = 1, not for D > 1. As the original.
//  Q3  Every output is a difference of neighbours; the last row's own remainder is never seen. As the original.
//  Q4  Where blocks of D start matters (Q1); how process() is called does not: the phase is part of the state.
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
#include <span>
#include <vector>

#include "frontend/lyon/factors.h"
#include "frontend/lyon/passes.h"
#include "frontend/lyon/scalar_lane.h"

namespace ear {

/// The witness in double. Against AuditoryToolbox, relative to the largest output: at most 1e-11
/// (tests/frontend/lyon/test_ear.cpp).
class Ear {
 public:
  explicit Ear(const LyonCoeffs& coeffs);

  /// Takes samples (full scale +-1) and appends the steps they finish to `steps`, [step][channel], channel 0 the
  /// highest. Blocks of any length, also 0, give the bits of one call. Throws std::invalid_argument, with the state
  /// unchanged, if a sample is not finite.
  void process(std::span<const double> samples, std::vector<double>& steps);

  /// Back to silence.
  void reset();

  int n_channels() const { return static_cast<int>(rows_.size()) - lyon_model::kFrontRows; }
  /// [row].
  const std::vector<SectionState<ScalarLane>>& sections() const { return sections_; }
  const std::vector<RowState<ScalarLane>>& rows() const { return rows_; }

 private:
  void sample(double x, std::vector<double>& steps);
  void finish_step(std::vector<double>& steps);

  EarFactors factors_;
  LowPassFactors low_pass_;
  int decimation_;
  int phase_ = 0;  // samples of the unfinished step
  std::vector<SectionState<ScalarLane>> sections_;
  std::vector<RowState<ScalarLane>> rows_;
  std::vector<double> u_;  // scratch: [row]
};

}  // namespace ear
