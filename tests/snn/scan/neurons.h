#pragma once
// A layer's neurons with random currents, for the tests of both scans.
#include <limits>
#include <vector>

#include "snn/scan/backward_scan.h"
#include "snn/scan/forward_scan.h"
#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace support {

/// Inputs and outputs of ForwardScan and BackwardScan. The defaults fire in about a tenth of the steps.
template <class Real>
struct Neurons {
  snn::Shape shape;
  std::vector<Real> current, psc_error;  // [T][B][N], in
  std::vector<Real> theta, w_self;       // [N], in; w_self empty: no self-connections
  std::vector<int> n_valid;              // [B], in
  snn::NetworkParams network;
  snn::GradientParams gradient;
  double firing_rate = 0.0;                  // as the layer rule sees it
  std::vector<Real> u, psc;                  // [T][B][N], out
  std::vector<int> n_spikes;                 // [B][N], out
  std::vector<Real> delta, dw_self, dtheta;  // [T][B][N] and [B][N], out

  explicit Neurons(snn::Shape s, bool self_connected = true, std::uint32_t seed = 1)
      : shape(s),
        current(numbers<Real>(s.size(), seed, -0.5, 1.0)),
        psc_error(numbers<Real>(s.size(), seed + 1)),
        theta(numbers<Real>(static_cast<std::size_t>(s.n_neurons), seed + 2, 0.75, 1.0)),
        n_valid(static_cast<std::size_t>(s.n_batch), s.n_steps) {
    if (self_connected) w_self = numbers<Real>(static_cast<std::size_t>(s.n_neurons), seed + 3, -0.5, 1.0);
    network.tau_s = 4.0;
  }

  snn::Coeffs<Real> coeffs() const { return snn::derive_coeffs<Real>(network, gradient); }
  const Real* self() const { return w_self.empty() ? nullptr : w_self.data(); }

  void forward(int width = snn::kTileWidth) {
    u = current;
    psc.assign(shape.size(), std::numeric_limits<Real>::quiet_NaN());
    n_spikes.assign(static_cast<std::size_t>(shape.n_batch * shape.n_neurons), -1);
    run_tiles(snn::ForwardScan<Real>{.shape = shape,
                                     .u = u.data(),
                                     .psc = psc.data(),
                                     .n_spikes = n_spikes.data(),
                                     .theta = theta.data(),
                                     .w_self = self(),
                                     .n_valid = n_valid.data(),
                                     .coeffs = coeffs()},
              width);
  }

  void backward(int width = snn::kTileWidth) {
    delta = psc_error;
    dw_self.assign(n_spikes.size(), std::numeric_limits<Real>::quiet_NaN());
    dtheta = dw_self;
    run_tiles(snn::BackwardScan<Real>{.shape = shape,
                                      .delta = delta.data(),
                                      .u = u.data(),
                                      .psc = psc.data(),
                                      .dw_self = dw_self.data(),
                                      .dtheta = dtheta.data(),
                                      .theta = theta.data(),
                                      .w_self = self(),
                                      .n_valid = n_valid.data(),
                                      .firing_rate = &firing_rate,
                                      .layer_rate = gradient.layer_rate,
                                      .rule = gradient.rule,
                                      .coeffs = coeffs()},
              width);
  }

  /// One neuron's column of an array over time, to the end of utterance b.
  std::vector<Real> column(const std::vector<Real>& array, int b, int n) const {
    std::vector<Real> out;
    for (int t = 0; t < n_valid[static_cast<std::size_t>(b)]; ++t) out.push_back(array[shape.index(t, b, n)]);
    return out;
  }
};

}  // namespace support
