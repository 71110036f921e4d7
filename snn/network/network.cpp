#include "snn/network/network.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

namespace snn {

template <class Real>
Network<Real>::Network(const NetworkParams& params, const GradientParams& gradient, Backend<Real>& backend)
    : params_(params), gradient_(gradient), backend_(&backend), layout_(params) {
  validate(gradient);
  coeffs_ = derive_coeffs<Real>(params, gradient);
  parameters_ = Buffer<Real>(backend, layout_.n_values());
  gradients_ = Buffer<Real>(backend, layout_.n_values());
  firing_rates_ = Buffer<double>(backend, static_cast<std::size_t>(params.n_layers()));
  for (int index = 1; index <= params.n_layers(); ++index) layers_.emplace_back(params, layout_, index, gradient.rule);
  while (n_untouched_ < layers_.size() && layers_[n_untouched_].is_frozen()) ++n_untouched_;
}

template <class Real>
void Network<Real>::set_parameters(const Tensors& tensors) {
  check_parameters(params_, tensors);
  from_tensors(tensors, parameters_);
}

template <class Real>
Tensors Network<Real>::to_tensors(const Buffer<Real>& buffer) const {
  Tensors tensors;
  for (const ArrayLayout::Entry& entry : layout_.entries()) {
    const std::vector<Real> values =
        without_gaps(std::span<const Real>(buffer.download(entry.offset, entry.size())), entry.columns);
    tensors[entry.info.name] = {entry.info.shape, {values.begin(), values.end()}};
  }
  return tensors;
}

template <class Real>
void Network<Real>::from_tensors(const Tensors& tensors, Buffer<Real>& buffer) const {
  for (const ArrayLayout::Entry& entry : layout_.entries()) {
    const auto found = tensors.find(entry.info.name);
    if (found == tensors.end()) continue;
    if (static_cast<std::int64_t>(found->second.values.size()) != entry.info.n_values()) {
      throw std::invalid_argument(fmt::format("{}: found {} values, the network wants {}", entry.info.name,
                                              found->second.values.size(), entry.info.n_values()));
    }
    const std::vector<Real> values(found->second.values.begin(), found->second.values.end());
    buffer.upload(with_gaps<Real>(values, entry.columns), entry.offset);
  }
}

template <class Real>
int Network<Real>::n_neurons() const {
  return std::accumulate(params_.sizes.begin() + 1, params_.sizes.end(), 0);
}

template <class Real>
void Network<Real>::load(Batch batch, bool keeps) {
  keeps_ = may_keep_ = is_loaded_ = false;
  batch_.take(std::move(batch), params_.sizes.front(), backend_->traits().row_step);
  fit(batch_.padded(), keeps);
  if (batch_.is_mixed() && unmixed_.size() < input_.size()) unmixed_.renew(*backend_, input_.size());
  batch_.send(backend_->fetch(batch_.values()));
  may_keep_ = keeps;
  is_loaded_ = true;
}

template <class Real>
void Network<Real>::fit(const Shape& padded, bool keeps) {
  const Shape wanted{std::max(capacity_.n_rows, padded.n_rows), std::max(capacity_.n_batch, padded.n_batch),
                     padded.n_neurons};
  if (wanted != capacity_ || (keeps && !trains_)) grow(wanted, keeps || trains_);
  for (Layer<Real>& layer : layers_) layer.set_shape(padded.n_rows, padded.n_batch);
}

template <class Real>
void Network<Real>::reserve(int n_rows, int n_batch, bool keeps) {
  fit(LoadedBatch::pad({n_rows, n_batch, params_.sizes.front()}, backend_->traits().row_step), keeps);
}

template <class Real>
void Network<Real>::grow(const Shape& wanted, bool trains) {
  capacity_ = {};  // if memory runs out on the way, nothing is there
  trains_ = false;
  const auto n_batch = static_cast<std::size_t>(wanted.n_batch), n_all = static_cast<std::size_t>(n_neurons());
  const auto n_classes = static_cast<std::size_t>(params_.sizes.back());
  input_.renew(*backend_, wanted.size());
  batch_.reserve(wanted, n_hidden(), *backend_);
  n_spikes_.renew(*backend_, n_batch * n_all);
  sums_.renew(*backend_, n_batch * n_classes);
  if (trains) batch_spikes_.renew(*backend_, n_all);
  if (trains) loss_.renew(*backend_, n_batch * n_classes);
  if (trains) parts_.renew(*backend_, n_batch * (layout_.n_trained() - layout_.n_weights()));
  for (Layer<Real>& layer : layers_) {
    layer.allocate(*backend_, static_cast<std::size_t>(wanted.n_rows), n_batch, trains);
  }
  capacity_ = wanted;
  trains_ = trains;
}

template <class Real>
Pass<Real> Network<Real>::pass() {
  const std::size_t n_weights = layout_.n_weights();
  Pass<Real> pass{.backend = *backend_,
                  .parameters = parameters_.data(),
                  .gradients = gradients_.data(),
                  .row_begin = batch_.row_begin(),
                  .n_steps = batch_.n_steps(),
                  .coeffs = coeffs_,
                  .gradient = gradient_,
                  .silent = {batch_.silent(), static_cast<std::size_t>(n_hidden())},
                  .n_utterances = batch_.n_batch(),
                  .n_spikes = n_spikes_.data(),
                  .n_spikes_stride = static_cast<std::size_t>(n_neurons()),
                  .batch_spikes = batch_spikes_.data(),
                  .firing_rates = firing_rates_.data(),
                  .psc_sums = sums_.data(),
                  .parts = parts_.data(),
                  .part_stride = layout_.n_trained() - n_weights,
                  .first_part = n_weights,
                  .sources = {{batch_.padded().n_neurons, input_.data(), nullptr}},
                  .delta = {nullptr}};
  for (Layer<Real>& layer : layers_) {
    pass.sources.push_back(layer.source());
    pass.delta.push_back(params_.normalised ? layer.u().data() : layer.delta().data());
  }
  return pass;
}

template <class Real>
void Network<Real>::gather() {
  const Shape& shape = batch_.padded();
  const int* row_begin = batch_.row_begin();
  const UtteranceView* utterances = batch_.utterances();
  backend_->run(GatherBatch<Real>{.shape = shape,
                                  .row_begin = row_begin,
                                  .utterances = utterances,
                                  .taps = batch_.taps(),
                                  .factor = static_cast<Real>(params_.input_scale),
                                  .x = batch_.is_mixed() ? unmixed_.data() : input_.data()});
  if (batch_.is_mixed()) backend_->run(MixBatch<Real>{shape, row_begin, utterances, unmixed_.data(), input_.data()});
  if (batch_.is_noisy()) backend_->run(AddNoise<Real>{shape, row_begin, utterances, input_.data()});
  if (!params_.direct_input) return;
  backend_->run(DirectInput<Real>{shape, row_begin, input_.data(), coeffs_.keep_s, coeffs_.gain_s});
}

template <class Real>
void Network<Real>::pass_layers(bool keeps) {
  batch_.draw(*backend_, std::span(params_.sizes).subspan(1, layers_.size() - 1));
  gather();
  const Pass<Real> shared = pass();
  for (Layer<Real>& layer : layers_) layer.forward(shared, keeps);
}

template <class Real>
void Network<Real>::forward() {
  if (!may_keep_) throw std::invalid_argument("forward: the batch was not loaded to be kept");
  pass_layers(true);
  keeps_ = true;
}

template <class Real>
void Network<Real>::infer() {
  if (!is_loaded_) throw std::invalid_argument("infer: no batch is loaded");
  if (params_.normalised) {
    throw std::invalid_argument("infer: the network is normalised over batches; fold it first (folding.h)");
  }
  keeps_ = false;
  backend_->repeat(sequence_key(parameters_.data()), [&] { pass_layers(false); });
}

template <class Real>
void Network<Real>::count(const LossParams& loss, const GradientState* state, EpochCounts& counts) {
  if (counts.max_batch() < batch_.n_batch()) {
    throw std::invalid_argument(fmt::format("count: a batch of {}, room for {}", batch_.n_batch(), counts.max_batch()));
  }
  BatchCounts<Real> body = spike_counts_body();
  body.state = state;
  body.epoch_spikes = counts.n_spikes.data();
  body.n_labelled = batch_.n_batch();
  body.loss_weight = is_softmax(loss.kind) ? static_cast<double>(batch_.n_batch()) : 1.0;
  body.epoch_loss = counts.loss.data();
  body.epoch_correct = counts.n_correct.data();
  if (gradient_.rule == Rule::kLayer) {
    body.n_layers = params_.n_layers();
    body.firing_rates = firing_rates_.data();
    body.layer_rate = gradient_.layer_rate;
    body.epoch_surrogate = counts.n_surrogate.data();
  }
  backend_->run(body);
}

template <class Real>
void Network<Real>::keep_norms(const GradientState* state, const AdamCoeffs<Real>* coeffs) {
  for (Layer<Real>& layer : layers_) layer.keep_norm(*backend_, parameters_.data(), state, coeffs);
}

template <class Real>
BatchCounts<Real> Network<Real>::spike_counts_body() {
  return {.n_batch = batch_.n_batch(),
          .n_neurons = n_neurons(),
          .n_spikes = n_spikes_.data(),
          .spikes = batch_spikes_.data(),
          .n_classes = params_.sizes.back(),
          .sums = sums_.data(),
          .loss = loss_.data(),
          .labels = batch_.sent_labels()};
}

template <class Real>
void Network<Real>::backward(const LossParams& loss) {
  if (!keeps_) throw std::invalid_argument("backward: there is no forward pass that it could follow");
  for (const int label : batch_.labels()) {
    if (label < 0 || label >= params_.sizes.back()) {
      throw std::invalid_argument(
          fmt::format("backward: label {}, the network has classes 0 to {}", label, params_.sizes.back() - 1));
    }
  }
  keeps_ = false;
  Layer<Real>& output = layers_.back();
  backend_->run(LossGrad<Real>{.shape = output.shape(),
                               .row_begin = batch_.row_begin(),
                               .psc = output.psc().data(),
                               .sums = sums_.data(),
                               .labels = batch_.sent_labels(),
                               .n_labelled = batch_.n_batch(),
                               .error = output.delta().data(),
                               .loss = loss_.data(),
                               .kind = loss.kind,
                               .target_passes = loss.target_passes,
                               .desired_share = static_cast<Real>(loss.desired_share),
                               .undesired_share = static_cast<Real>(loss.undesired_share),
                               .logit_gain = static_cast<Real>(loss.logit_gain),
                               .label_smoothing = static_cast<Real>(loss.label_smoothing),
                               .keep_s = coeffs_.keep_s,
                               .gain_s = coeffs_.gain_s,
                               .mixed_with = batch_.is_mixed() ? batch_.utterances() : nullptr});
  if (gradient_.rule == Rule::kLayer) backend_->run(spike_counts_body());
  const Pass<Real> shared = pass();
  for (std::size_t l = layers_.size(); l-- > n_untouched_;) layers_[l].backward(shared);
  if (shared.part_stride == 0) return;
  backend_->run(BatchSum<Real>{.n_batch = batch_.padded().n_batch,
                               .n_neurons = static_cast<int>(shared.part_stride),
                               .parts = parts_.data(),
                               .out = gradients_.data() + shared.first_part});
}

template <class Real>
double Network<Real>::loss() const {
  const std::vector<double> parts =
      loss_.download(0, batch_.labels().size() * static_cast<std::size_t>(params_.sizes.back()));
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

template <class Real>
std::vector<Real> Network<Real>::class_sums() const {
  return sums_.download(0, batch_.labels().size() * static_cast<std::size_t>(params_.sizes.back()));
}

template <class Real>
std::vector<Real> Network<Real>::output_psc() const {
  return rows_of(layers_.back().psc(), params_.n_layers());
}

template <class Real>
std::vector<int> Network<Real>::spike_counts(int index) const {
  const auto n_all = static_cast<std::size_t>(n_neurons());
  const std::vector<int> all = n_spikes_.download(0, batch_.labels().size() * n_all);
  const auto first = static_cast<std::size_t>(layer(index).first_neuron());
  std::vector<int> counts;
  for (std::size_t b = 0; b < batch_.labels().size(); ++b) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(b * n_all + first);
    counts.insert(counts.end(), begin, begin + layer(index).shape().n_neurons);
  }
  return counts;
}

template <class Real>
std::vector<Real> Network<Real>::rows_of(const Buffer<Real>& array, int index) const {
  const Shape& shape = layer(index).shape();
  return without_gaps<Real>(array.download(0, shape.index(batch_.n_rows(), 0)), shape.n_neurons);
}

template <class Real>
std::vector<Real> Network<Real>::potential(int index) const {
  return rows_of(layer(index).u(), index);
}

template <class Real>
std::vector<Real> Network<Real>::delta(int index) const {
  return rows_of(layer(index).delta(), index);
}

template class Network<OSSICLE_REAL>;

}  // namespace snn
