#pragma once
// A skip-connected self-recurrent spiking network on a back end: forward pass, loss, backward pass.
//
//   snn::Network<float> network(params, gradient, *backend);
//   network.set_parameters(tensors);
//   network.forward(batch);
//   const double loss = network.backward(batch, loss_params);
#include <vector>

#include "snn/array_layout.h"
#include "snn/backend.h"
#include "snn/batch.h"
#include "snn/layer.h"
#include "snn/tensors.h"

namespace snn {

/// Real: float for work; double is the witness of the tests.
template <class Real>
class Network {
 public:
  /// Throws std::invalid_argument for parameters out of range. `backend` must outlive the network.
  Network(const NetworkParams& params, const GradientParams& gradient, Backend<Real>& backend);

  /// All arrays of parameter_list(params). Throws std::invalid_argument for a missing or unknown one, or a wrong shape.
  void set_parameters(const Tensors& tensors);
  Tensors parameters() const { return to_tensors(parameters_); }

  /// Runs the batch through all layers and keeps what backward() needs. Throws std::invalid_argument if it has other
  /// channels than the network, or if its arrays do not fit its sizes.
  void forward(const Batch<Real>& batch);
  /// The same without keeping: faster, in less memory, with the same bits.
  void infer(const Batch<Real>& batch);
  /// Of the last forward() or infer(): summed output PSC [B][K]. The largest decides; the lowest index wins a tie.
  std::vector<Real> class_sums() const;
  /// Of the last forward() or infer(): spikes [B][N] of layer 1..L.
  std::vector<int> spike_counts(int layer) const;

  /// Loss and gradients of the batch that the last forward() ran, once; its labels must be 0..K-1. Returns the loss:
  /// kernel and count are summed over the batch, softmax is its mean. Throws std::invalid_argument for other labels, a
  /// batch of another shape than forward() had, or without a forward() since the last backward() or infer().
  double backward(const Batch<Real>& batch, const LossParams& loss);
  /// Gradients of the last backward pass before the norm clip; zeros for arrays that are not trained.
  Tensors gradients() const { return to_tensors(gradients_); }

  const NetworkParams& params() const { return params_; }
  Backend<Real>& backend() const { return *backend_; }
  const ArrayLayout& layout() const { return layout_; }
  Buffer<Real>& parameter_buffer() { return parameters_; }
  const Buffer<Real>& parameter_buffer() const { return parameters_; }
  const Buffer<Real>& gradient_buffer() const { return gradients_; }
  /// An array of all parameters as named tensors and back, by layout().
  Tensors to_tensors(const Buffer<Real>& buffer) const;
  void from_tensors(const Tensors& tensors, Buffer<Real>& buffer) const;

  /// Arrays over time [rows][N] of layer 1..L, for tests and inspection: potentials before the reset, between forward()
  /// and backward(); delta and the error of the drive, after backward().
  std::vector<Real> potential(int layer) const { return u(layer); }
  std::vector<Real> drive_error(int layer) const { return u(layer); }
  std::vector<Real> delta(int layer) const;
  /// Spikes of a hidden layer 1..L-1 as bits, [rows][spike_words(N)].
  std::vector<std::uint64_t> spikes(int layer) const;

 private:
  void run(const Batch<Real>& batch, bool keeps);
  void fit(const Batch<Real>& batch, bool keeps);
  void grow(const Shape& wanted, bool trains);
  Pass<Real> pass();
  std::vector<Real> u(int layer) const;
  const Layer<Real>& layer(int index) const { return layers_.at(static_cast<std::size_t>(index) - 1); }

  NetworkParams params_;
  GradientParams gradient_;
  Coeffs<Real> coeffs_;
  Backend<Real>* backend_;
  ArrayLayout layout_;
  Buffer<Real> parameters_, gradients_;  // flat, by layout_
  std::vector<Layer<Real>> layers_;      // layer l at l - 1
  Shape input_shape_;
  bool keeps_ = false;     // what the last forward() ran is there for backward()
  Shape capacity_;         // that the buffers hold
  bool trains_ = false;    // they hold what backward() needs
  Buffer<Real> input_;     // [rows][C]
  Buffer<int> row_begin_;  // [B + 1]
  Buffer<int> labels_;     // [B]
  Buffer<Real> sums_;      // [B][K]
  Buffer<double> loss_;    // [B][K]
};

}  // namespace snn
