#pragma once
// A layer's neurons with a random drive, for the tests of both scans.
#include <limits>
#include <vector>

#include "snn/scan/backward_scan.h"
#include "snn/scan/forward_scan.h"
#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace support {

/// [B + 1] from the steps of each utterance.
inline std::vector<int> rows_of(const std::vector<int>& n_steps) {
  std::vector<int> begin = {0};
  for (const int n : n_steps) begin.push_back(begin.back() + n);
  return begin;
}

/// Inputs and outputs of ForwardScan and BackwardScan. The defaults fire in about a tenth of the steps.
template <class Real>
struct Neurons {
  std::vector<int> row_begin;  // [B + 1]
  snn::Shape shape;
  std::vector<Real> drive, psc_error;       // [rows][N], in
  std::vector<Real> theta, w_self;          // [N], in; w_self empty: no self-connections
  std::vector<Real> bias, adaptation, rho;  // [N], in; or empty: none
  bool of_spikes = false;                   // psc_error is that of the spikes
  snn::NetworkParams network;
  snn::GradientParams gradient;
  double firing_rate = 0.0;  // as the layer rule sees it
  bool wants_psc = true;
  std::vector<std::uint8_t> silent;            // [B][N], in; or empty
  std::vector<Real> u, psc, fired;             // [rows][N], out
  std::vector<Real> psc_sums;                  // [B][N], out
  std::vector<int> n_spikes;                   // [B][N], out
  std::vector<Real> delta, drive_error;        // [rows][N], out
  std::vector<Real> dw_self, dtheta;           // [B][N], out
  std::vector<Real> dbias, dadaptation, drho;  // the same

  Neurons(const std::vector<int>& n_steps, int n_neurons, bool self_connected = true, std::uint32_t seed = 1)
      : row_begin(rows_of(n_steps)),
        shape{row_begin.back(), static_cast<int>(n_steps.size()), n_neurons},
        drive(spread<Real>(numbers<Real>(snn::area(shape.n_rows, n_neurons), seed, -0.75, 1.5), n_neurons)),
        psc_error(spread<Real>(numbers<Real>(snn::area(shape.n_rows, n_neurons), seed + 1), n_neurons)),
        theta(numbers<Real>(static_cast<std::size_t>(n_neurons), seed + 2, 0.75, 1.0)) {
    if (self_connected) w_self = numbers<Real>(static_cast<std::size_t>(n_neurons), seed + 3, -0.5, 1.0);
    network.tau_s = 4.0;
  }

  snn::Coeffs<Real> coeffs() const { return snn::derive_coeffs<Real>(network, gradient); }
  snn::SilentNeurons silent_neurons() const {
    return {silent.empty() ? nullptr : silent.data(), static_cast<std::size_t>(shape.n_neurons)};
  }
  static const Real* of(const std::vector<Real>& values) { return values.empty() ? nullptr : values.data(); }
  const Real* self() const { return of(w_self); }
  int n_steps(int b) const {
    return row_begin[static_cast<std::size_t>(b) + 1] - row_begin[static_cast<std::size_t>(b)];
  }
  std::size_t at(int b, int t, int n) const { return shape.index(row_begin[static_cast<std::size_t>(b)] + t, n); }

  /// The scans of these neurons over outputs as in ForwardScan and BackwardScan; those that are not named are null.
  snn::ForwardScan<Real> forward_scan(Real* u_out, Real* psc_out, Real* sums_out, int* n_spikes_out) const {
    return {.shape = shape,
            .row_begin = row_begin.data(),
            .u = u_out,
            .first_row = 0,
            .psc = psc_out,
            .psc_sums = sums_out,
            .fired = nullptr,
            .n_spikes = n_spikes_out,
            .n_spikes_stride = static_cast<std::size_t>(shape.n_neurons),
            .theta = theta.data(),
            .w_self = self(),
            .coeffs = coeffs(),
            .silent = silent_neurons(),
            .bias = of(bias),
            .adaptation = of(adaptation),
            .rho = of(rho)};
  }
  snn::BackwardScan<Real> backward_scan(Real* delta_out, Real* u_out, Real* dw_self_out, Real* dtheta_out) const {
    return {.shape = shape,
            .row_begin = row_begin.data(),
            .delta = delta_out,
            .u = u_out,
            .psc = {},
            .dw_self = dw_self_out,
            .dtheta = dtheta_out,
            .part_stride = static_cast<std::size_t>(shape.n_neurons),
            .theta = theta.data(),
            .w_self = self(),
            .firing_rate = &firing_rate,
            .layer_rate = gradient.layer_rate,
            .rule = gradient.rule,
            .coeffs = coeffs(),
            .silent = silent_neurons(),
            .of_spikes = of_spikes,
            .adaptation = of(adaptation),
            .rho = of(rho)};
  }

  void forward(int width = snn::kTileWidth) {
    u = drive;
    fired = unset();
    psc = wants_psc ? fired : std::vector<Real>();
    psc_sums.assign(static_cast<std::size_t>(shape.n_batch * shape.n_neurons), std::numeric_limits<Real>::quiet_NaN());
    n_spikes.assign(static_cast<std::size_t>(shape.n_batch * shape.n_neurons), -1);
    snn::ForwardScan<Real> scan =
        forward_scan(u.data(), wants_psc ? psc.data() : nullptr, psc_sums.data(), n_spikes.data());
    scan.fired = fired.data();
    run_tiles(scan, width);
  }

  void backward(int width = snn::kTileWidth) {
    delta = psc_error;
    drive_error = u;
    dw_self.assign(n_spikes.size(), std::numeric_limits<Real>::quiet_NaN());
    dtheta = dbias = dadaptation = drho = dw_self;
    snn::BackwardScan<Real> scan = backward_scan(delta.data(), drive_error.data(), dw_self.data(), dtheta.data());
    scan.psc = {psc.data(), 0, 0, static_cast<std::size_t>(shape.pitch())};
    scan.dbias = dbias.data();
    scan.dadaptation = adaptation.empty() ? nullptr : dadaptation.data();
    scan.drho = adaptation.empty() ? nullptr : drho.data();
    run_tiles(scan, width);
  }

  /// Biases of either sign, and adaptation that decays by half to nine tenths.
  void extend(std::uint32_t seed = 11) {
    const auto n = static_cast<std::size_t>(shape.n_neurons);
    bias = numbers<Real>(n, seed, -0.25, 0.5);
    adaptation = numbers<Real>(n, seed + 1, 0.0, 0.5);
    rho = numbers<Real>(n, seed + 2, 0.5, 0.9);
  }

  /// An array over time that nothing was written to.
  std::vector<Real> unset() const {
    const std::vector<Real> rows(snn::area(shape.n_rows, shape.n_neurons), std::numeric_limits<Real>::quiet_NaN());
    return spread<Real>(rows, shape.n_neurons);
  }
  /// One neuron's column of an array over time, of utterance b.
  std::vector<Real> column(const std::vector<Real>& array, int b, int n) const {
    std::vector<Real> out;
    for (int t = 0; t < n_steps(b); ++t) out.push_back(array[at(b, t, n)]);
    return out;
  }
  /// The rows of utterance b.
  std::vector<Real> utterance(const std::vector<Real>& array, int b) const {
    const auto begin = static_cast<std::ptrdiff_t>(at(b, 0, 0));
    return {array.begin() + begin, array.begin() + begin + n_steps(b) * shape.pitch()};
  }
};

}  // namespace support
