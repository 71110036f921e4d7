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
  const Shape shape{batch.n_steps, batch.n_batch, batch.n_channels};
  if (batch.n_steps < 1 || batch.n_batch < 1 || batch.x.size() != shape.size() ||
      batch.n_valid.size() != static_cast<std::size_t>(batch.n_batch)) {
    throw std::invalid_argument(fmt::format("batch: {} values and {} lengths do not make {} steps of {} utterances",
                                            batch.x.size(), batch.n_valid.size(), batch.n_steps, batch.n_batch));
  }
  for (const int n : batch.n_valid) {
    if (n < 1 || n > batch.n_steps) {
      throw std::invalid_argument(fmt::format("batch: an utterance of {} steps, wanted 1 to {}", n, batch.n_steps));
    }
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
  for (int index = 1; index <= params.n_layers(); ++index) layers_.emplace_back(params, layout_, index);
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
void Network<Real>::fit(const Batch<Real>& batch) {
  check_batch(batch, params_.sizes.front());
  input_shape_ = {batch.n_steps, batch.n_batch, batch.n_channels};
  const auto rows = static_cast<std::size_t>(input_shape_.rows());
  if (rows > row_capacity_ || batch.n_batch > batch_capacity_) {
    row_capacity_ = std::max(row_capacity_, rows);
    batch_capacity_ = std::max(batch_capacity_, batch.n_batch);
    const auto n_batch = static_cast<std::size_t>(batch_capacity_);
    const auto n_classes = static_cast<std::size_t>(params_.sizes.back());
    input_ = Buffer<Real>(*backend_, row_capacity_ * static_cast<std::size_t>(batch.n_channels));
    n_valid_ = Buffer<int>(*backend_, n_batch);
    labels_ = Buffer<int>(*backend_, n_batch);
    sums_ = Buffer<Real>(*backend_, n_batch * n_classes);
    loss_ = Buffer<double>(*backend_, n_batch * n_classes);
    for (Layer<Real>& layer : layers_) layer.allocate(*backend_, row_capacity_, batch_capacity_);
  }
  for (Layer<Real>& layer : layers_) layer.set_shape(batch.n_steps, batch.n_batch);
}

template <class Real>
Pass<Real> Network<Real>::pass() {
  Pass<Real> pass{.backend = *backend_,
                  .parameters = parameters_.data(),
                  .gradients = gradients_.data(),
                  .n_valid = n_valid_.data(),
                  .coeffs = coeffs_,
                  .gradient = gradient_,
                  .psc = {input_.data()},
                  .delta = {nullptr}};
  for (Layer<Real>& layer : layers_) {
    pass.psc.push_back(layer.psc().data());
    pass.delta.push_back(layer.delta().data());
  }
  return pass;
}

template <class Real>
void Network<Real>::forward(const Batch<Real>& batch) {
  fit(batch);
  input_.upload(batch.x);
  n_valid_.upload(batch.n_valid);
  backend_->run(InputScan<Real>{.shape = input_shape_,
                                .x = input_.data(),
                                .n_valid = n_valid_.data(),
                                .scale = static_cast<Real>(params_.input_scale),
                                .keep_s = coeffs_.keep_s,
                                .gain_s = coeffs_.gain_s});
  const Pass<Real> shared = pass();
  for (Layer<Real>& layer : layers_) layer.forward(shared);
  backend_->run(ClassSums<Real>{.shape = layers_.back().shape(),
                                .psc = layers_.back().psc().data(),
                                .sums = sums_.data(),
                                .n_valid = n_valid_.data()});
}

template <class Real>
double Network<Real>::backward(const Batch<Real>& batch, const LossParams& loss) {
  Layer<Real>& output = layers_.back();
  if (input_shape_.size() == 0 || output.shape() != Shape{batch.n_steps, batch.n_batch, params_.sizes.back()}) {
    throw std::invalid_argument("backward: the batch is not the one that the last forward pass ran");
  }
  if (batch.labels.size() != static_cast<std::size_t>(batch.n_batch)) {
    throw std::invalid_argument(
        fmt::format("backward: {} labels for a batch of {}", batch.labels.size(), batch.n_batch));
  }
  for (const int label : batch.labels) {
    if (label < 0 || label >= params_.sizes.back()) {
      throw std::invalid_argument(
          fmt::format("backward: label {}, the network has classes 0 to {}", label, params_.sizes.back() - 1));
    }
  }
  labels_.upload(batch.labels);
  backend_->run(LossGrad<Real>{.shape = output.shape(),
                               .psc = output.psc().data(),
                               .sums = sums_.data(),
                               .n_valid = n_valid_.data(),
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
  for (std::size_t l = layers_.size(); l-- > 0;) {
    if (l + 1 < layers_.size()) layers_[l].gather_error(shared);
    layers_[l].backward(shared);
  }
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
std::vector<Real> Network<Real>::psc(int population) const {
  return population == 0 ? input_.download(0, input_shape_.size())
                         : layer(population).psc().download(0, layer(population).shape().size());
}

template <class Real>
std::vector<Real> Network<Real>::potential(int index) const {
  return layer(index).u().download(0, layer(index).shape().size());
}

template <class Real>
std::vector<Real> Network<Real>::delta(int index) const {
  return layer(index).delta().download(0, layer(index).shape().size());
}

template class Network<float>;
template class Network<double>;

}  // namespace snn
