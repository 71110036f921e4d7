#include "snn/layer.h"

namespace snn {

template <class Real>
Layer<Real>::Layer(const NetworkParams& params, const ArrayLayout& layout, int index, Rule rule)
    : index_(index), shape_{0, 0, params.sizes.at(static_cast<std::size_t>(index))}, rule_(rule) {
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
void Layer<Real>::allocate(Memory& memory, std::size_t n_rows, int n_batch, bool trains) {
  const auto n_neurons = static_cast<std::size_t>(shape_.n_neurons);
  const std::size_t over_time = n_rows * n_neurons, over_batch = static_cast<std::size_t>(n_batch) * n_neurons;
  if (!is_output()) {
    spikes_.renew(memory, n_rows * static_cast<std::size_t>(spike_words(shape_.n_neurons)));
  }
  if (is_output()) psc_.renew(memory, over_time);
  n_spikes_.renew(memory, over_batch);
  if (!trains) return;
  u_.renew(memory, over_time);
  delta_.renew(memory, over_time);
  firing_rate_.renew(memory, 1);
  dw_self_.renew(memory, over_batch);
  dtheta_.renew(memory, over_batch);
}

template <class Real>
void Layer<Real>::forward(const Pass<Real>& pass, bool keeps) {
  ForwardStage<Real> stage{.sources = {},
                           .scan = {.shape = shape_,
                                    .row_begin = pass.row_begin,
                                    .u = keeps ? u_.data() : nullptr,
                                    .first_row = 0,
                                    .psc = psc_.data(),
                                    .n_spikes = n_spikes_.data(),
                                    .theta = pass.parameters + theta_,
                                    .w_self = w_self_ ? pass.parameters + *w_self_ : nullptr,
                                    .coeffs = pass.coeffs},
                           .spikes = spikes_.data()};
  for (const Connection& c : incoming_) {
    stage.sources.push_back({pass.sources[static_cast<std::size_t>(c.population)], pass.parameters + c.weight});
  }
  pass.backend.run(stage);
  if (!keeps) return;
  pass.backend.run(FiringRate{.shape = shape_, .n_spikes = n_spikes_.data(), .rate = firing_rate_.data()});
}

template <class Real>
void Layer<Real>::backward(const Pass<Real>& pass) {
  BackwardStage<Real> stage{.targets = {},
                            .scan = {.shape = shape_,
                                     .row_begin = pass.row_begin,
                                     .delta = delta_.data(),
                                     .u = u_.data(),
                                     .psc = {},
                                     .dw_self = dw_self_.data(),
                                     .dtheta = dtheta_.data(),
                                     .theta = pass.parameters + theta_,
                                     .w_self = w_self_ ? pass.parameters + *w_self_ : nullptr,
                                     .firing_rate = firing_rate_.data(),
                                     .layer_rate = pass.gradient.layer_rate,
                                     .rule = rule_,
                                     .coeffs = pass.coeffs}};
  for (const Connection& c : outgoing_) {
    stage.targets.push_back(
        {c.n_neurons, pass.delta[static_cast<std::size_t>(c.population)], pass.parameters + c.weight});
  }
  pass.backend.run(stage);
  for (const Connection& c : incoming_) {
    pass.backend.run(WeightGradient<Real>{.n_rows = shape_.n_rows,
                                          .source = pass.sources[static_cast<std::size_t>(c.population)],
                                          .n_neurons = shape_.n_neurons,
                                          .error = u_.data(),
                                          .dw = pass.gradients + c.weight});
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
