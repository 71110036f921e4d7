#pragma once
// A skip-connected self-recurrent spiking network on a back end: forward pass, loss, backward pass.
//
//   snn::Network<float> network(params, gradient, *backend);
//   network.set_parameters(tensors);
//   network.forward(make_batch(dataset, indices));
//   network.backward(loss_params);
//   const double loss = network.loss();
#include <vector>

#include "snn/backend/backend.h"
#include "snn/data/batch.h"
#include "snn/model/parameter_list.h"
#include "snn/model/tensors.h"
#include "snn/network/answers.h"
#include "snn/network/epoch_counts.h"
#include "snn/network/layer.h"
#include "snn/network/loaded_batch.h"

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

  /// Makes room for batches of up to so many rows and utterances, once: later ones do not grow what is there. keeps: as of load().
  void reserve(int n_rows, int n_batch, bool keeps);
  /// Takes a batch in: makes room for it, and sends it to the back end. keeps: backward() may follow. Throws
  /// std::invalid_argument if it has other channels than the network, or if its parts do not fit together.
  void load(Batch batch, bool keeps);
  /// Runs the loaded batch through all layers and keeps what backward() needs.
  void forward();
  /// The same without keeping: faster and in less memory. An utterance's bits do not depend on the others; they are those of
  /// forward() where no layer fires more often than forward() adds its spikes one by one (spike_product.h). Throws
  /// std::invalid_argument for a normalised network, which only batches to learn from can run: fold it (folding.h).
  void infer();
  /// Both with loading.
  void forward(Batch batch) { load(std::move(batch), true), forward(); }
  void infer(Batch batch) { load(std::move(batch), false), infer(); }
  /// Of the last forward() or infer(): summed output PSC [B][K]. The largest decides; the lowest index wins a tie.
  std::vector<Real> class_sums() const;
  /// Of the last forward() or infer(): PSCs of the output layer, [rows][K].
  std::vector<Real> output_psc() const;
  /// Of the last forward() or infer(): spikes [B][N] of layer 1..L.
  std::vector<int> spike_counts(int layer) const;

  /// Begins to keep what infer() finds, of so many utterances in all, and PSCs of so many rows, or none.
  void begin_answers(std::size_t n_utterances, std::size_t n_rows = 0) {
    answers_.begin(*backend_, n_neurons(), params_.sizes.back(), n_utterances, n_rows);
  }
  /// Keeps what the last infer() found. by_spikes: an utterance's scores are the spikes of the output neurons, else
  /// class_sums(). Waits for nothing. Throws std::invalid_argument for more than was said.
  void keep_answers(bool by_spikes) {
    answers_.add(*backend_, {.n_batch = batch_.n_batch(),
                             .n_neurons = n_neurons(),
                             .n_classes = params_.sizes.back(),
                             .n_spikes = n_spikes_.data(),
                             .sums = by_spikes ? nullptr : sums_.data(),
                             .spikes = nullptr,
                             .scores = nullptr,
                             .n_rows = batch_.n_rows(),
                             .psc = layers_.back().psc().data()});
  }
  /// Throws std::invalid_argument for less.
  Answers<Real> read_answers() const { return answers_.read(); }

  /// Loss and gradients of the batch that the last forward() ran, once; its labels must be 0..K-1. Throws
  /// std::invalid_argument for other labels, or without a forward() since the last backward(), infer() or load().
  void backward(const LossParams& loss);
  /// Adds what the last backward() found to the sums of the epoch, unless `state`, in the back end's memory, has stopped
  /// by then. Throws std::invalid_argument if there is no room for the batch.
  void count(const LossParams& loss, const GradientState* state, EpochCounts& counts);
  /// Lets the running means and variances of a normalised network follow those of the batch that the last backward() ran, unless
  /// `state` has stopped by then. coeffs: of the update, in the back end's memory as well.
  void keep_norms(const GradientState* state, const AdamCoeffs<Real>* coeffs);
  /// Of the last backward(). Kernel and count are summed over the batch, softmax is its mean.
  double loss() const;
  /// Gradients of the last backward pass before the norm clip; zeros for arrays that are not trained.
  Tensors gradients() const { return to_tensors(gradients_); }

  /// Of a sequence of these calls with the loaded batch, for Backend::repeat. owner: as SequenceKey has it.
  SequenceKey sequence_key(const void* owner) const {
    return {owner,
            batch_.padded().n_rows,
            batch_.padded().n_batch,
            batch_.n_batch(),
            params_.recurrent.empty() ? 0 : batch_.n_steps(),
            batch_.draws(),
            batch_.has_taps(),
            batch_.is_mixed(),
            batch_.is_noisy()};
  }
  /// Neurons of all layers, and of the hidden ones.
  int n_neurons() const;
  int n_hidden() const { return n_neurons() - params_.sizes.back(); }

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
  /// and backward(); delta, after backward().
  std::vector<Real> potential(int layer) const;
  std::vector<Real> delta(int layer) const;
  const Layer<Real>& layer(int index) const { return layers_.at(static_cast<std::size_t>(index) - 1); }

 private:
  void gather();
  void pass_layers(bool keeps);
  BatchCounts<Real> spike_counts_body();
  void fit(const Shape& padded, bool keeps);
  void grow(const Shape& wanted, bool trains);
  Pass<Real> pass();
  /// Of an array over time of layer 1..L, without gaps.
  std::vector<Real> rows_of(const Buffer<Real>& array, int layer) const;

  NetworkParams params_;
  GradientParams gradient_;
  Coeffs<Real> coeffs_;
  Backend<Real>* backend_;
  ArrayLayout layout_;
  Buffer<Real> parameters_, gradients_;  // flat, by layout_
  std::vector<Layer<Real>> layers_;      // layer l at l - 1
  std::size_t n_untouched_ = 0;          // frozen layers from the first on: no error has to reach them
  LoadedBatch batch_;
  bool is_loaded_ = false, may_keep_ = false;  // a batch, and to be kept
  bool keeps_ = false;                         // what forward() ran is there for backward()
  Shape capacity_;                             // that the buffers hold
  bool trains_ = false;                        // they hold what backward() needs
  Buffer<Real> input_;                         // [rows][C]
  Buffer<Real> unmixed_;                       // the same before utterances are mixed; empty until some are
  Buffer<int> n_spikes_;                       // [B][neurons of all layers]
  Buffer<std::int64_t> batch_spikes_;          // [neurons of all layers], to learn from
  KeptAnswers<Real> answers_;                  // what infer() finds, until it is read
  Buffer<double> firing_rates_;                // [L], rule layer
  Buffer<Real> sums_;                          // [B][K]
  Buffer<double> loss_;                        // [B][K]
  Buffer<Real> parts_;                         // [B][trained values that are no synaptic weights]
};

}  // namespace snn
