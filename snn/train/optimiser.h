#pragma once
// Adam on a back end: norm clip over all trained arrays or of each, then each array with its own rate, decay and bounds.
#include <cmath>
#include <cstdint>
#include <numbers>

#include "snn/network/network.h"

namespace snn {

template <class Real>
class Optimiser {
 public:
  /// Throws std::invalid_argument for parameters out of range. `network` must outlive the optimiser.
  Optimiser(const OptimiserParams& params, Network<Real>& network);

  /// Gets ready for the next update. rate_factor: of the schedule, 0..1, on all rates.
  void prepare(double rate_factor);
  /// Norm clip and update of the network's trained arrays from its gradients, once for each prepare(). A norm that is not
  /// finite changes nothing, nor does any update after it.
  void apply();
  /// Both.
  void step(double rate_factor) {
    prepare(rate_factor);
    apply();
  }
  /// Of the updates since the last reset_state(), with the global L2 norm of the last one's gradients before the clip.
  GradientState state() const { return state_.download().front(); }
  /// The same in the back end's memory, for bodies.
  const GradientState* device_state() const { return state_.data(); }
  const AdamCoeffs<Real>* device_coeffs() const { return coeffs_.data(); }  ///< of the update prepared last
  /// Of each trained array over the same updates, in the order of the layout.
  std::vector<ArrayGradient> array_gradients() const { return arrays_.download(); }
  /// Goes on from there, or begins anew. Throws std::invalid_argument unless `arrays` is empty or has all of them.
  void reset_state(const GradientState& state = {}, std::span<const ArrayGradient> arrays = {});

  /// Of the whole run, prepared ones included.
  std::int64_t n_updates() const { return n_updates_; }
  /// Forgets prepared updates that did not happen.
  void rewind(std::int64_t n_updates) { n_updates_ = n_updates; }
  /// Moments of the trained arrays.
  Tensors first_moment() const { return trained(m_); }
  Tensors second_moment() const { return trained(v_); }
  /// Of the trained arrays over updates (OptimiserParams::ema_decay); empty where nothing is averaged.
  Tensors average() const { return average_.size() > 0 ? trained(average_) : Tensors{}; }
  /// Goes on from there, an average from `average`; at the beginning that is the parameters. Throws std::invalid_argument
  /// for a trained array that is missing, or a wrong size.
  void restore(const Tensors& m, const Tensors& v, std::int64_t n_updates, const Tensors& average = {});

 private:
  void cut_into_chunks();
  AdamCoeffs<Real> coeffs(ParameterKind kind, double rate_factor) const;
  Tensors trained(const Buffer<Real>& buffer) const;

  OptimiserParams params_;
  Network<Real>* network_;
  Buffer<Real> m_, v_;    // flat, by the network's layout
  Buffer<Real> average_;  // likewise; empty where nothing is averaged
  int n_flat_ = 0;        // chunks of the whole, for the global norm; behind them those of each array
  Buffer<Chunk> chunks_;
  Buffer<int> first_sum_;  // of each array's chunks, and of what lies behind the last one's
  Buffer<double> sums_;    // of each chunk's squares
  Buffer<ArrayGradient> arrays_;
  Buffer<GradientState> state_;
  Buffer<AdamCoeffs<Real>> coeffs_;  // [kAdamKinds]
  std::int64_t n_updates_ = 0;
};

/// Factor on all rates at update n = 0, 1, ... of n_total: constant, or a half wave down to 0. [SGDR cosine] With a warm-up it
/// rises linearly from a 25th to 1 in that share of the updates before. [OneCycle warm-up]
inline double rate_factor(const OptimiserParams& params, std::int64_t n, std::int64_t n_total) {
  constexpr double kFirst = 0.04;
  const double n_rising = params.warm_up * static_cast<double>(n_total), at = static_cast<double>(n);
  if (at < n_rising) return kFirst + (1.0 - kFirst) * at / n_rising;
  if (params.schedule == Schedule::kConstant) return 1.0;
  return 0.5 * (1.0 + std::cos(std::numbers::pi * (at - n_rising) / (static_cast<double>(n_total) - n_rising)));
}

}  // namespace snn
