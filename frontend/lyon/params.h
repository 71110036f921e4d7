#pragma once
// Lyon's passive ear: what a person sets, and the constants of the model.
// Source of every number: M. Slaney, AuditoryToolbox version 2 (Interval Research, 1998): LyonPassiveEar,
// DesignLyonFilters.
#include <array>
#include <optional>

namespace ear {

/// Parameters of the ear. How many samples make a step is not among them: it may differ from recording to recording.
struct LyonParams {
  double ear_q = 8.0;                                ///< quality factor of every section
  std::optional<double> step_factor = std::nullopt;  ///< in bandwidths, between channels; ear_q / 32 if not set
  double tau_factor = 3.0;                           ///< in steps; time constant of the low-pass before decimation
  bool agc = true;                                   ///< four-stage automatic gain control
  bool differ = true;                                ///< each channel minus its neighbour at higher frequency
  bool operator==(const LyonParams&) const = default;
};

/// The step factor that holds where none is set.
inline double step_factor_or_default(const LyonParams& params) {
  return params.step_factor.value_or(params.ear_q / 32.0);
}

/// Constants of the model.
namespace lyon_model {
inline constexpr double kBreakHz = 1000.0;       ///< below it, channels have about equal bandwidth
inline constexpr double kZeroOffset = 1.5;       ///< in steps; from a channel's pole up to its zero
inline constexpr double kZeroSharpness = 5.0;    ///< Q of the zeros relative to that of poles at the same place
inline constexpr double kPreemphasisHz = 300.0;  ///< corner of the outer and middle ear's high-pass
inline constexpr int kFrontRows = 2;             ///< outer and middle ear, and compensator, before the first channel
inline constexpr int kAgcStages = 4;
inline constexpr std::array<double, kAgcStages> kAgcTarget = {0.0032, 0.0016, 0.0008,
                                                              0.0004};  ///< level of rectified output
inline constexpr std::array<double, kAgcStages> kAgcTau_s = {0.64, 0.16, 0.04, 0.01};
inline constexpr double kAgcLimit = 0.9;  ///< greatest gain state of a stage: it passes at least a tenth
}  // namespace lyon_model

/// Most channels that a design may have: beyond it the step factor is taken for a mistake.
inline constexpr int kMaxEarChannels = 1024;

}  // namespace ear
