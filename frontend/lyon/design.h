#pragma once
// Design of the ear: LyonParams and a sample rate -> LyonCoeffs, in double, once.
#include <array>
#include <vector>

#include "frontend/base/fields.h"
#include "frontend/lyon/params.h"

namespace ear {

/// Second-order section H(z) = (a0 + a1/z + a2/z^2) / (1 + b1/z + b2/z^2).
struct Section {
  double a0 = 0.0, a1 = 0.0, a2 = 0.0, b1 = 0.0, b2 = 0.0;
};

/// Everything derived from the parameters; rows are sections in signal order, row 0 and 1 before the channels.
struct LyonCoeffs {
  double step_factor = 0.0;       ///< the one in use
  int n_channels = 0;             ///< N
  std::vector<double> cf_hz;      ///< [N], centre frequencies, falling
  std::vector<Section> sections;  ///< [N + 2]
  bool agc = true;
  bool differ = true;
  std::array<double, lyon_model::kAgcStages> agc_target{};   ///< [stage]
  std::array<double, lyon_model::kAgcStages> agc_epsilon{};  ///< [stage], 1 - exp(-1 / (tau fs))
  double tau_factor = 0.0;
};

/// In the order of recipes. Not beside the struct, since kernels for one instruction set include no more than that.
template <MaybeConst<LyonParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"ear_q", above(0.5)}, p.ear_q);
  f({"step_factor", above(0)}, p.step_factor);
  f({"tau_factor", at_least(0)}, p.tau_factor);
  f({"agc"}, p.agc);
  f({"differ"}, p.differ);
}

/// [Lyon sec. 2] Number of channels before rounding down, at that step factor; falls strictly with it.
double channel_count(const LyonParams& params, double sample_rate_hz, double step_factor);

/// The design. Throws std::invalid_argument for parameters out of range, and for fewer than 2 or more than
/// kMaxEarChannels channels. Coefficients are within 1e-12 of AuditoryToolbox's (tests/frontend/lyon/test_design.cpp).
LyonCoeffs design_ear(const LyonParams& params, double sample_rate_hz);

/// [Lyon sec. 9] 1 - exp(-1 / (tau_factor D)), of each of two poles, with D samples per step. Throws
/// std::invalid_argument if decimation < 1.
double decimation_epsilon(double tau_factor, int decimation);

/// The step factor that gives n_channels: the default one (ear_q / 32) where it does, else the one at which
/// channel_count is n_channels + 0.5. `params.step_factor` plays no part. Throws std::invalid_argument if n_channels is
/// not in 2..kMaxEarChannels or no step factor gives that many.
double solve_step_factor(const LyonParams& params, double sample_rate_hz, int n_channels);

}  // namespace ear
