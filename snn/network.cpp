#include "snn/network.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

namespace snn {

namespace {

template <class Real>
void check_batch(const Batch<Real>& batch, int n_channels) {
  if (batch.n_channels != n_channels) {
    throw std::invalid_argument(fmt::format("batch: {} channels, the network wants {}", batch.n_channels, n_channels));
  }
  const std::vector<int>& begin = batch.row_begin;
  if (begin.size() < 2 || begin.front() != 0 || !std::ranges::is_sorted(begin, std::less_equal<>())) {
    throw std::invalid_argument("batch: it wants at least one utterance, and of each at least one step");
  }
  const Shape shape{batch.n_rows(), batch.n_batch(), batch.n_channels};
  if (batch.x.size() != shape.size()) {
    throw std::invalid_argument(
        fmt::format("batch: {} values do not make {} steps of {} channels", batch.x.size(), shape.n_rows, n_channels));
  }
}

}  // namespace

template <class Real>
Network<Real>::Network(const NetworkParams& params, const GradientParams& gradient, Backend<Real>& backend)
    : params_(params), gradient_(gradient), backend_(&backend), layout_(params) {
  validate(gradient);
  coeffs_ = derive_coeffs<Real>(params, gradient);
  parameters_ = Buffer<Real>(backend, layout_.n_values());
  gradients_ = Buffer<Real>(backend, layout_.n_values());
  for (int index = 1; index <= params.n_layers(); ++index) layers_.emplace_back(params, layout_, index, gradient.rule);
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
    const std::vector<Real> values = buffer.download(entry.offset, entry.size);
    Tensor& tensor = tensors[entry.info.name];
    tensor.shape = entry.info.shape;
    std::ranges::transform(values, std::back_inserter(tensor.values), [](Real v) { return static_cast<float>(v); });
  }
  return tensors;
}

template <class Real>
void Network<Real>::from_tensors(const Tensors& tensors, Buffer<Real>& buffer) const {
  for (const ArrayLayout::Entry& entry : layout_.entries()) {
    const auto found = tensors.find(entry.info.name);
    if (found == tensors.end()) continue;
    if (found->second.values.size() != entry.size) {
      throw std::invalid_argument(fmt::format("{}: found {} values, the network wants {}", entry.info.name,
                                              found->second.values.size(), entry.size));
    }
    const std::vector<Real> values(found->second.values.begin(), found->second.values.end());
    buffer.upload(values, entry.offset);
  }
}

template <class Real>
void Network<Real>::fit(const Batch<Real>& batch, bool keeps) {
  check_batch(batch, params_.sizes.front());
  input_shape_ = {batch.n_rows(), batch.n_batch(), batch.n_channels};
  const Shape wanted{std::max(capacity_.n_rows, input_shape_.n_rows), std::max(capacity_.n_batch, input_shape_.n_batch),
                     batch.n_channels};
  if (wanted != capacity_ || (keeps && !trains_)) grow(wanted, keeps || trains_);
  for (Layer<Real>& layer : layers_) layer.set_shape(input_shape_.n_rows, input_shape_.n_batch);
}

template <class Real>
void Network<Real>::grow(const Shape& wanted, bool trains) {
  capacity_ = {};  // if memory runs out on the way, nothing is there
  trains_ = false;
  const auto n_batch = static_cast<std::size_t>(wanted.n_batch);
  const auto n_classes = static_cast<std::size_t>(params_.sizes.back());
  input_.renew(*backend_, wanted.size());
  row_begin_.renew(*backend_, n_batch + 1);
  labels_.renew(*backend_, n_batch);
  sums_.renew(*backend_, n_batch * n_classes);
  loss_.renew(*backend_, n_batch * n_classes);
  for (Layer<Real>& layer : layers_) {
    layer.allocate(*backend_, static_cast<std::size_t>(wanted.n_rows), wanted.n_batch, trains);
  }
  capacity_ = wanted;
  trains_ = trains;
}

template <class Real>
Pass<Real> Network<Real>::pass() {
  Pass<Real> pass{.backend = *backend_,
                  .parameters = parameters_.data(),
                  .gradients = gradients_.data(),
                  .row_begin = row_begin_.data(),
                  .coeffs = coeffs_,
                  .gradient = gradient_,
                  .sources = {{input_shape_.n_neurons, input_.data(), nullptr}},
                  .delta = {nullptr}};
  for (Layer<Real>& layer : layers_) {
    pass.sources.push_back(layer.source());
    pass.delta.push_back(layer.delta().data());
  }
  return pass;
}

template <class Real>
void Network<Real>::run(const Batch<Real>& batch, bool keeps) {
  keeps_ = false;
  fit(batch, keeps);
  input_.upload(batch.x);
  row_begin_.upload(batch.row_begin);
  if (params_.input_scale != 1.0) {
    backend_->run(Scale<Real>{
        .n_values = input_shape_.size(), .values = input_.data(), .factor = static_cast<Real>(params_.input_scale)});
  }
  const Pass<Real> shared = pass();
  for (Layer<Real>& layer : layers_) layer.forward(shared, keeps);
  backend_->run(ClassSums<Real>{.shape = layers_.back().shape(),
                                .row_begin = row_begin_.data(),
                                .psc = layers_.back().psc().data(),
                                .sums = sums_.data()});
  keeps_ = keeps;
}

template <class Real>
void Network<Real>::forward(const Batch<Real>& batch) {
  run(batch, true);
}

template <class Real>
void Network<Real>::infer(const Batch<Real>& batch) {
  run(batch, false);
}

template <class Real>
double Network<Real>::backward(const Batch<Real>& batch, const LossParams& loss) {
  Layer<Real>& output = layers_.back();
  if (!keeps_ || output.shape() != Shape{batch.n_rows(), batch.n_batch(), params_.sizes.back()}) {
    throw std::invalid_argument("backward: the batch is not the one that the last forward pass ran");
  }
  if (batch.labels.size() != static_cast<std::size_t>(batch.n_batch())) {
    throw std::invalid_argument(
        fmt::format("backward: {} labels for a batch of {}", batch.labels.size(), batch.n_batch()));
  }
  for (const int label : batch.labels) {
    if (label < 0 || label >= params_.sizes.back()) {
      throw std::invalid_argument(
          fmt::format("backward: label {}, the network has classes 0 to {}", label, params_.sizes.back() - 1));
    }
  }
  keeps_ = false;
  labels_.upload(batch.labels);
  backend_->run(LossGrad<Real>{.shape = output.shape(),
                               .row_begin = row_begin_.data(),
                               .psc = output.psc().data(),
                               .sums = sums_.data(),
                               .labels = labels_.data(),
                               .error = output.delta().data(),
                               .loss = loss_.data(),
                               .kind = loss.kind,
                               .target_passes = loss.target_passes,
                               .desired_share = static_cast<Real>(loss.desired_share),
                               .undesired_share = static_cast<Real>(loss.undesired_share),
                               .keep_s = coeffs_.keep_s,
                               .gain_s = coeffs_.gain_s});
  const Pass<Real> shared = pass();
  for (std::size_t l = layers_.size(); l-- > 0;) layers_[l].backward(shared);
  const std::vector<double> parts =
      loss_.download(0, batch.labels.size() * static_cast<std::size_t>(params_.sizes.back()));
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

template <class Real>
std::vector<Real> Network<Real>::class_sums() const {
  return sums_.download(
      0, static_cast<std::size_t>(input_shape_.n_batch) * static_cast<std::size_t>(params_.sizes.back()));
}

template <class Real>
std::vector<int> Network<Real>::spike_counts(int index) const {
  const Shape& shape = layer(index).shape();
  return layer(index).n_spikes().download(
      0, static_cast<std::size_t>(shape.n_batch) * static_cast<std::size_t>(shape.n_neurons));
}

template <class Real>
std::vector<Real> Network<Real>::u(int index) const {
  return layer(index).u().download(0, layer(index).shape().size());
}

template <class Real>
std::vector<std::uint64_t> Network<Real>::spikes(int index) const {
  const Shape& shape = layer(index).shape();
  return layer(index).spikes().download(
      0, static_cast<std::size_t>(shape.n_rows) * static_cast<std::size_t>(spike_words(shape.n_neurons)));
}

template <class Real>
std::vector<Real> Network<Real>::delta(int index) const {
  return layer(index).delta().download(0, layer(index).shape().size());
}

template class Network<float>;
template class Network<double>;

}  // namespace snn
