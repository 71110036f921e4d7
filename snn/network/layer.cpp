#include "snn/network/layer.h"

namespace snn {

template <class Real>
Layer<Real>::Layer(const NetworkParams& params, const ArrayLayout& layout, int index, Rule rule)
    : index_(index), shape_{0, 0, params.sizes.at(static_cast<std::size_t>(index))}, rule_(rule) {
  for (int layer = 1; layer < index; ++layer) first_neuron_ += params.sizes.at(static_cast<std::size_t>(layer));
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
void Layer<Real>::allocate(Backend<Real>& backend, std::size_t n_rows, bool trains) {
  const std::size_t over_time = n_rows * static_cast<std::size_t>(shape_.n_neurons);
  if (!is_output()) spikes_.renew(backend, backend.spike_bytes(n_rows, shape_.n_neurons));
  if (is_output()) psc_.renew(backend, over_time);
  if (!trains) return;
  u_.renew(backend, over_time);
  delta_.renew(backend, over_time);
}

/// Those of this layer: none in the output.
template <class Real>
SilentNeurons Layer<Real>::silent(const Pass<Real>& pass) const {
  if (is_output() || pass.silent.flags == nullptr) return {};
  return {pass.silent.flags + first_neuron_, pass.silent.stride};
}

template <class Real>
void Layer<Real>::forward(const Pass<Real>& pass, bool keeps) {
  ForwardStage<Real> stage{.sources = {},
                           .scan = {.shape = shape_,
                                    .row_begin = pass.row_begin,
                                    .u = keeps ? u_.data() : nullptr,
                                    .first_row = 0,
                                    .psc = psc_.data(),
                                    .psc_sums = is_output() ? pass.psc_sums : nullptr,
                                    .fired = nullptr,
                                    .n_spikes = pass.n_spikes + first_neuron_,
                                    .n_spikes_stride = pass.n_spikes_stride,
                                    .theta = pass.parameters + theta_,
                                    .w_self = w_self_ ? pass.parameters + *w_self_ : nullptr,
                                    .coeffs = pass.coeffs,
                                    .silent = silent(pass)},
                           .spikes = spikes_.data()};
  for (const Connection& c : incoming_) {
    stage.sources.push_back({pass.sources[static_cast<std::size_t>(c.population)], pass.parameters + c.weight});
  }
  pass.backend.run(stage);
}

template <class Real>
BackwardScan<Real> Layer<Real>::backward_scan(const Pass<Real>& pass) {
  return {.shape = shape_,
          .row_begin = pass.row_begin,
          .delta = delta_.data(),
          .u = u_.data(),
          .psc = {},
          .dw_self = w_self_ ? pass.parts + (*w_self_ - pass.first_part) : nullptr,
          .dtheta = trains_theta_ ? pass.parts + (theta_ - pass.first_part) : nullptr,
          .part_stride = pass.part_stride,
          .theta = pass.parameters + theta_,
          .w_self = w_self_ ? pass.parameters + *w_self_ : nullptr,
          .firing_rate = firing_rate(pass),
          .layer_rate = pass.gradient.layer_rate,
          .rule = rule_,
          .coeffs = pass.coeffs,
          .silent = silent(pass)};
}

template <class Real>
void Layer<Real>::backward(const Pass<Real>& pass) {
  if (rule_ == Rule::kLayer) {
    pass.backend.run(FiringRate{.n_neurons = shape_.n_neurons,
                                .n_rows = pass.row_begin + pass.n_utterances,
                                .spikes = pass.batch_spikes + first_neuron_,
                                .rate = firing_rate(pass)});
  }
  BackwardStage<Real> stage{.targets = {}, .scan = backward_scan(pass)};
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
}

template class Layer<OSSICLE_REAL>;

}  // namespace snn
