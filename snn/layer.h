#pragma once
// One layer: its buffers, its connections, and which products and bodies its passes run.
#include <optional>
#include <vector>

#include "snn/array_layout.h"
#include "snn/backend.h"

namespace snn {

/// A connection at one of its ends: the population at the other end, its neurons, and where w [to][from] lies.
struct Connection {
  int population = 0;
  int n_neurons = 0;
  std::size_t weight = 0;
};

/// What a pass over the layers shares. Pointers are the back end's.
template <class Real>
struct Pass {
  Backend<Real>& backend;
  const Real* parameters;  // flat, by ArrayLayout
  Real* gradients;         // the same layout
  const int* n_valid;      // [B]
  Coeffs<Real> coeffs;
  GradientParams gradient;
  std::vector<const Real*> psc;  // by population, [T][B][N]
  std::vector<Real*> delta;      // by population, [T][B][N]; none for the input
};

/// Buffers hold the largest batch so far; `shape` is that of the present one.
template <class Real>
class Layer {
 public:
  /// index: 1..L.
  Layer(const NetworkParams& params, const ArrayLayout& layout, int index);

  /// Takes memory for `rows` = T * B and n_batch = B. Contents are lost.
  void allocate(Memory& memory, std::size_t rows, int n_batch);
  void set_shape(int n_steps, int n_batch) { shape_ = {n_steps, n_batch, shape_.n_neurons}; }

  /// Input currents from all connections, then the neurons over time. [ScSr Eq. 7]
  void forward(const Pass<Real>& pass);
  /// delta = sum over the connections that leave this layer of delta_to W: the error of its PSCs. [ScSr Eq. 16] along
  /// the chain and [ScSr Eq. 19] along skips. Not for the output layer, whose error comes from the loss.
  void gather_error(const Pass<Real>& pass);
  /// Error of the PSCs -> error of the currents, in place; then the gradients of all arrays that end in this layer.
  /// [ScSr Eq. 13]
  void backward(const Pass<Real>& pass);

  const Shape& shape() const { return shape_; }
  const Buffer<Real>& u() const { return u_; }
  const Buffer<Real>& psc() const { return psc_; }
  Buffer<Real>& delta() { return delta_; }
  const Buffer<Real>& delta() const { return delta_; }
  const Buffer<int>& n_spikes() const { return n_spikes_; }

 private:
  int index_;
  Shape shape_;
  std::vector<Connection> incoming_, outgoing_;
  std::size_t theta_ = 0;  // offset of theta, [N]
  bool trains_theta_ = false;
  std::optional<std::size_t> w_self_;  // offset of w_self, [N]
  Buffer<Real> u_, psc_, delta_;       // [T][B][N]
  Buffer<int> n_spikes_;               // [B][N]
  Buffer<double> firing_rate_;         // one number
  Buffer<Real> dw_self_, dtheta_;      // [B][N]
};

}  // namespace snn
