#include "frontend/lyon/design.h"

#include <cmath>
#include <complex>
#include <numbers>

#include "frontend/base/require.h"

namespace ear {

using namespace lyon_model;
using std::numbers::pi;

namespace {

/// [Lyon sec. 1] Bandwidth in Hz of a channel at that centre frequency: constant Q above the break frequency.
double bandwidth_hz(double frequency_hz, double ear_q) {
  return std::hypot(frequency_hz, kBreakHz) / ear_q;
}

/// [Lyon sec. 2] The frequency from which the channels step down, so that the first zero lies at the Nyquist frequency.
double top_hz(const LyonParams& params, double sample_rate_hz, double step_factor) {
  const double nyquist_hz = sample_rate_hz / 2.0;
  return nyquist_hz - (kZeroOffset - 1.0) * step_factor * bandwidth_hz(nyquist_hz, params.ear_q);
}

/// [Lyon sec. 2] The frequency at which a pole's Q would fall to 1/2.
double lowest_hz(const LyonParams& params) {
  return kBreakHz / std::sqrt(4.0 * params.ear_q * params.ear_q - 1.0);
}

/// [Lyon sec. 2] Centre frequencies, one step apart on the bandwidth scale, falling.
std::vector<double> centre_frequencies_hz(const LyonParams& params, double top, double step_factor, int n_channels) {
  std::vector<double> cf_hz;
  for (int k = 1; k <= n_channels; ++k) {
    cf_hz.push_back(kBreakHz * std::sinh(std::asinh(top / kBreakHz) - k * step_factor / params.ear_q));
  }
  return cf_hz;
}

/// 1 + p1/z + p2/z^2.
struct Polynomial {
  double p1, p2;
};

/// [Lyon sec. 3] The pair of roots at that frequency and quality.
Polynomial resonance(double frequency_hz, double q, double sample_rate_hz) {
  const double turns = frequency_hz / sample_rate_hz;
  const double radius = std::exp(-pi * turns / q);
  const double angle = 2.0 * pi * turns * std::sqrt(1.0 - 1.0 / (4.0 * q * q));
  return {-2.0 * radius * std::cos(angle), radius * radius};
}

/// [Lyon sec. 5] Frequency response of a section; turns: frequency as a share of the sample rate.
std::complex<double> response(const Section& section, double turns) {
  const auto delay = std::polar(1.0, -2.0 * pi * turns);
  return (section.a0 + delay * (section.a1 + delay * section.a2)) / (1.0 + delay * (section.b1 + delay * section.b2));
}

Section scaled_to(Section section, double gain, double turns) {
  const double factor = gain / std::abs(response(section, turns));
  section.a0 *= factor;
  section.a1 *= factor;
  section.a2 *= factor;
  return section;
}

/// [Lyon sec. 4] The two rows before the cascade: outer and middle ear, then the compensator, both of gain 1 at fs/4.
std::vector<Section> front_sections(double sample_rate_hz, double top, double pole_q) {
  const Section outer_middle = {0.0, 1.0, -std::exp(-2.0 * pi * kPreemphasisHz / sample_rate_hz), 0.0, 0.0};
  const Polynomial poles = resonance(top, pole_q, sample_rate_hz);
  const Section compensator = {1.0, 0.0, -1.0, poles.p1, poles.p2};
  return {scaled_to(outer_middle, 1.0, 0.25), scaled_to(compensator, 1.0, 0.25)};
}

/// [Lyon sec. 3] One channel: poles at its centre, zeros above it, the given gain at 0 Hz.
Section channel_section(const LyonParams& params, double sample_rate_hz, double step_factor, double cf_hz,
                        double gain) {
  const double width_hz = bandwidth_hz(cf_hz, params.ear_q);
  const double zero_hz = cf_hz + kZeroOffset * step_factor * width_hz;
  const Polynomial zeros = resonance(zero_hz, kZeroSharpness * zero_hz / width_hz, sample_rate_hz);
  const Polynomial poles = resonance(cf_hz, cf_hz / width_hz, sample_rate_hz);
  return scaled_to({1.0, zeros.p1, zeros.p2, poles.p1, poles.p2}, gain, 0.0);
}

/// [Lyon sec. 7] Share of the distance that a one-pole covers in one sample.
double epsilon(double tau_samples) {
  return -std::expm1(-1.0 / tau_samples);
}

}  // namespace

double channel_count(const LyonParams& params, double sample_rate_hz, double step_factor) {
  const double span =
      std::asinh(top_hz(params, sample_rate_hz, step_factor) / kBreakHz) - std::asinh(lowest_hz(params) / kBreakHz);
  return params.ear_q / step_factor * span;
}

LyonCoeffs design_ear(const LyonParams& params, double sample_rate_hz) {
  check_fields(params);
  require(std::isfinite(sample_rate_hz) && sample_rate_hz > 0.0, "sample rate {} Hz: wanted more than 0",
          sample_rate_hz);
  LyonCoeffs coeffs;
  coeffs.step_factor = step_factor_or_default(params);
  const double count = std::floor(channel_count(params, sample_rate_hz, coeffs.step_factor));
  require(count >= 2.0 && count <= kMaxEarChannels,
          "ear_q {} and step_factor {} at {} Hz give {} channels: wanted 2 to {}", params.ear_q, coeffs.step_factor,
          sample_rate_hz, std::max(0.0, count), kMaxEarChannels);
  coeffs.n_channels = static_cast<int>(count);
  const double top = top_hz(params, sample_rate_hz, coeffs.step_factor);
  coeffs.cf_hz = centre_frequencies_hz(params, top, coeffs.step_factor, coeffs.n_channels);
  coeffs.sections = front_sections(sample_rate_hz, top, coeffs.cf_hz[0] / bandwidth_hz(coeffs.cf_hz[0], params.ear_q));
  for (int k = 0; k < coeffs.n_channels; ++k) {
    const int above = std::max(k, 1);  // the first channel takes the gain of the second
    const double gain = coeffs.cf_hz[above - 1] / coeffs.cf_hz[above];
    coeffs.sections.push_back(channel_section(params, sample_rate_hz, coeffs.step_factor, coeffs.cf_hz[k], gain));
  }
  coeffs.agc = params.agc;
  coeffs.differ = params.differ;
  coeffs.agc_target = kAgcTarget;
  for (int j = 0; j < kAgcStages; ++j) coeffs.agc_epsilon[j] = epsilon(kAgcTau_s[j] * sample_rate_hz);
  coeffs.tau_factor = params.tau_factor;
  return coeffs;
}

double decimation_epsilon(double tau_factor, int decimation) {
  require(decimation >= 1, "decimation {}: wanted 1 or more samples per step", decimation);
  return epsilon(tau_factor * decimation);
}

double solve_step_factor(const LyonParams& params, double sample_rate_hz, int n_channels) {
  LyonParams standard = params;
  standard.step_factor.reset();
  check_fields(standard);
  require(n_channels >= 2 && n_channels <= kMaxEarChannels, "{} channels: wanted 2 to {}", n_channels, kMaxEarChannels);
  const double default_factor = step_factor_or_default(standard);
  const auto count = [&](double step_factor) { return channel_count(standard, sample_rate_hz, step_factor); };
  if (std::floor(count(default_factor)) == n_channels) return default_factor;
  const double wanted = n_channels + 0.5;
  double below = default_factor, above = default_factor;  // count(below) >= wanted > count(above)
  const double smallest = 1e-6 * default_factor, largest = 1e3 * default_factor;
  while (count(below) < wanted && below > smallest) below /= 2.0;
  while (count(above) >= wanted && above < largest) above *= 2.0;
  require(count(below) >= wanted && count(above) < wanted, "no step factor gives {} channels with ear_q {} at {} Hz",
          n_channels, params.ear_q, sample_rate_hz);
  for (double middle = below + (above - below) / 2.0; middle > below && middle < above;
       middle = below + (above - below) / 2.0) {
    (count(middle) >= wanted ? below : above) = middle;
  }
  return below;
}

}  // namespace ear
