#pragma once
// One layer: its buffers, its connections, and which products and bodies its passes run.
#include <optional>
#include <vector>

#include "snn/backend/backend.h"
#include "snn/model/layer_arrays.h"

namespace snn {

/// What a pass over the layers shares. Pointers are the back end's.
template <class Real>
struct Pass {
  Backend<Real>& backend;
  const Real* parameters;  // flat, by ArrayLayout
  Real* gradients;         // the same layout
  const int* row_begin;    // [B + 1]
  int n_steps;             // of the longest utterance, or more
  Coeffs<Real> coeffs;
  GradientParams gradient;
  SilentNeurons silent = {};            // of all hidden layers, one behind the other
  int n_utterances;                     // B without the silent one; row_begin[n_utterances] are their steps
  int* n_spikes;                        // [B][all neurons]
  std::size_t n_spikes_stride;          // all neurons
  const std::int64_t* batch_spikes;     // [all neurons], for the layer rule
  double* firing_rates;                 // [L], rule layer: of the batch
  Real* psc_sums;                       // [B][K]
  Real* parts;                          // [B][trained values that are no synaptic weights]
  std::size_t part_stride, first_part;  // that number; where those values lie among the parameters
  std::vector<Source<Real>> sources;    // by population; none for the output
  std::vector<Real*> delta;             // by population, [rows][N]; none for the input: what goes to the layers before
};

/// Buffers hold the largest batch so far; `shape` is that of the present one.
template <class Real>
class Layer {
 public:
  /// index: 1..L. rule: of the backward pass.
  Layer(const NetworkParams& params, const ArrayLayout& layout, int index, Rule rule);

  /// Takes memory for n_rows rows of n_batch utterances, with what the backward pass needs or without. Contents are lost.
  void allocate(Backend<Real>& backend, std::size_t n_rows, std::size_t n_batch, bool trains);
  void set_shape(int n_rows, int n_batch) { shape_ = {n_rows, n_batch, shape_.n_neurons}; }

  /// Has the back end compute the drive from all connections, then the neurons over time. keeps: whether the backward pass
  /// will follow.
  void forward(const Pass<Real>& pass, bool keeps);
  /// Has the back end compute the error of the layer's PSCs from delta of all layers that it sends to; in the output layer
  /// delta holds that error already, from the loss.
  /// Then delta, which is the error of the currents, in place of that of the PSCs, and the gradients of all arrays that end
  /// in this layer.
  void backward(const Pass<Real>& pass);

  /// Whether none of the arrays that end in this layer is trained.
  bool is_frozen() const { return is_frozen_; }
  const Shape& shape() const { return shape_; }
  /// What the connections that leave this layer carry.
  Source<Real> source() const { return {shape_.n_neurons, nullptr, spikes_.data()}; }
  /// Where the layer's neurons stand among those of all layers.
  int first_neuron() const { return first_neuron_; }
  /// Potentials before the reset; after backward() the error of the drive.
  const Buffer<Real>& u() const { return u_; }
  Buffer<Real>& u() { return u_; }
  /// Of the output layer, or what stands for them where it does not fire; else empty.
  const Buffer<Real>& psc() const { return psc_; }
  /// As the back end keeps them.
  const Buffer<std::byte>& spikes() const { return spikes_; }
  Buffer<Real>& delta() { return delta_; }
  const Buffer<Real>& delta() const { return delta_; }
  /// Lets running mean and variance follow those of the last batch, unless `state` has stopped; parameters: as in Pass.
  void keep_norm(Backend<Real>& backend, Real* parameters, const GradientState* state, const AdamCoeffs<Real>* coeffs);

 private:
  using Offset = LayerArrays::Offset;

  bool is_output() const { return arrays_.outgoing.empty(); }
  static const Real* at(const Pass<Real>& pass, const Offset& offset) {
    return offset ? pass.parameters + *offset : nullptr;
  }
  Real* part_at(const Pass<Real>& pass, const Offset& offset) const {
    return offset && !is_frozen_ ? pass.parts + (*offset - pass.first_part) : nullptr;
  }
  std::optional<Lateral<Real>> lateral(const Pass<Real>& pass) const {
    return arrays_.lateral ? std::optional(Lateral<Real>{at(pass, arrays_.lateral), pass.n_steps}) : std::nullopt;
  }
  std::vector<WeightedSource<Real>> sources(const Pass<Real>& pass) const;
  void find_drive(const Pass<Real>& pass, Real* drive, bool keeps, const std::optional<DriveSums<Real>>& sums = {});
  void forward_readout(const Pass<Real>& pass, bool keeps);
  ApplyNorm<Real> find_norm(const Pass<Real>& pass);
  void backward_neurons(const Pass<Real>& pass);
  void backward_readout(const Pass<Real>& pass);
  void find_gradients(const Pass<Real>& pass, const Connection& connection);
  void unnormalise(const Pass<Real>& pass);
  Shape utterances(const Pass<Real>& pass) const { return {shape_.n_rows, pass.n_utterances, shape_.n_neurons}; }
  NormFactors<Real> norm_factors();
  BackwardScan<Real> backward_scan(const Pass<Real>& pass);
  double* firing_rate(const Pass<Real>& pass) const { return pass.firing_rates + (index_ - 1); }
  SilentNeurons silent(const Pass<Real>& pass) const;

  int index_;
  int first_neuron_ = 0;
  Shape shape_;
  Rule rule_;
  LayerArrays arrays_;
  bool fires_ = true;           // false: an output layer of potentials
  bool is_normalised_ = false;  // some layer of the network is: errors that arrive are those of spikes
  bool is_frozen_ = false;
  bool is_sparse_ = false;        // the lateral matrix: its zeros are missing connections
  Buffer<Real> u_, psc_, delta_;  // [rows][N]
  Buffer<std::byte> spikes_;      // as the back end keeps them
  Buffer<Real> drive_;            // [rows][N], before it is normalised
  Buffer<Real> norm_;             // of the batch: mean, variance, 1/deviation, means of errors and products; [5][N]
  Buffer<double> drive_sums_;     // [2][B][N]
};

}  // namespace snn
