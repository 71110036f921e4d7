#include "snn/layer.h"

namespace snn {

template <class Real>
Layer<Real>::Layer(const NetworkParams& params, const ArrayLayout& layout, int index)
    : index_(index), shape_{0, 0, params.sizes.at(static_cast<std::size_t>(index))} {
  const auto size_of = [&params](int population) { return params.sizes.at(static_cast<std::size_t>(population)); };
  for (const ArrayLayout::Entry& entry : layout.entries()) {
    const ParameterInfo& info = entry.info;
    switch (info.kind) {
      case ParameterKind::kWeight:
        if (info.to == index) incoming_.push_back({info.from, size_of(info.from), entry.offset});
        if (info.from == index) outgoing_.push_back({info.to, size_of(info.to), entry.offset});
        break;
      case ParameterKind::kSelfWeight:
        if (info.to == index) w_self_ = entry.offset;
        break;
      case ParameterKind::kTheta:
        if (info.to == index) theta_ = entry.offset;
        if (info.to == index) trains_theta_ = info.trained;
        break;
    }
  }
}

template <class Real>
void Layer<Real>::allocate(Memory& memory, std::size_t rows, int n_batch) {
  const auto n_neurons = static_cast<std::size_t>(shape_.n_neurons);
  const std::size_t over_batch = static_cast<std::size_t>(n_batch) * n_neurons;
  u_ = Buffer<Real>(memory, rows * n_neurons);
  psc_ = Buffer<Real>(memory, rows * n_neurons);
  delta_ = Buffer<Real>(memory, rows * n_neurons);
  n_spikes_ = Buffer<int>(memory, over_batch);
  firing_rate_ = Buffer<double>(memory, 1);
  dw_self_ = Buffer<Real>(memory, over_batch);
  dtheta_ = Buffer<Real>(memory, over_batch);
}

template <class Real>
void Layer<Real>::forward(const Pass<Real>& pass) {
  for (const Connection& c : incoming_) {
    pass.backend.product({.a = pass.psc[static_cast<std::size_t>(c.population)],
                          .b = pass.parameters + c.weight,
                          .b_transposed = true,
                          .c = u_.data(),
                          .m = shape_.rows(),
                          .n = shape_.n_neurons,
                          .k = c.n_neurons,
                          .accumulate = &c != &incoming_.front()});
  }
  pass.backend.run(ForwardScan<Real>{.shape = shape_,
                                     .u = u_.data(),
                                     .psc = psc_.data(),
                                     .n_spikes = n_spikes_.data(),
                                     .theta = pass.parameters + theta_,
                                     .w_self = w_self_ ? pass.parameters + *w_self_ : nullptr,
                                     .n_valid = pass.n_valid,
                                     .coeffs = pass.coeffs});
  pass.backend.run(FiringRate{.n_batch = shape_.n_batch,
                              .n_neurons = shape_.n_neurons,
                              .n_spikes = n_spikes_.data(),
                              .n_valid = pass.n_valid,
                              .rate = firing_rate_.data()});
}

template <class Real>
void Layer<Real>::gather_error(const Pass<Real>& pass) {
  for (const Connection& c : outgoing_) {
    pass.backend.product({.a = pass.delta[static_cast<std::size_t>(c.population)],
                          .b = pass.parameters + c.weight,
                          .c = delta_.data(),
                          .m = shape_.rows(),
                          .n = shape_.n_neurons,
                          .k = c.n_neurons,
                          .accumulate = &c != &outgoing_.front()});
  }
}

template <class Real>
void Layer<Real>::backward(const Pass<Real>& pass) {
  pass.backend.run(BackwardScan<Real>{.shape = shape_,
                                      .delta = delta_.data(),
                                      .u = u_.data(),
                                      .psc = psc_.data(),
                                      .dw_self = dw_self_.data(),
                                      .dtheta = dtheta_.data(),
                                      .theta = pass.parameters + theta_,
                                      .w_self = w_self_ ? pass.parameters + *w_self_ : nullptr,
                                      .n_valid = pass.n_valid,
                                      .firing_rate = firing_rate_.data(),
                                      .layer_rate = pass.gradient.layer_rate,
                                      .rule = pass.gradient.rule,
                                      .coeffs = pass.coeffs});
  for (const Connection& c : incoming_) {
    pass.backend.product({.a = delta_.data(),
                          .a_transposed = true,
                          .b = pass.psc[static_cast<std::size_t>(c.population)],
                          .c = pass.gradients + c.weight,
                          .m = shape_.n_neurons,
                          .n = c.n_neurons,
                          .k = shape_.rows()});
  }
  const auto sum_over_batch = [&](const Buffer<Real>& parts, std::size_t offset) {
    pass.backend.run(BatchSum<Real>{.n_batch = shape_.n_batch,
                                    .n_neurons = shape_.n_neurons,
                                    .parts = parts.data(),
                                    .out = pass.gradients + offset});
  };
  if (w_self_) sum_over_batch(dw_self_, *w_self_);
  if (trains_theta_) sum_over_batch(dtheta_, theta_);
}

template class Layer<float>;
template class Layer<double>;

}  // namespace snn
