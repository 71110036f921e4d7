#include "snn/network/layer.h"

#include <algorithm>

namespace snn {

template <class Real>
Layer<Real>::Layer(const NetworkParams& params, const ArrayLayout& layout, int index, Rule rule)
    : index_(index),
      shape_{0, 0, params.sizes.at(static_cast<std::size_t>(index))},
      rule_(rule),
      arrays_(params, layout, index),
      fires_(index < params.n_layers() || params.output_layer == OutputLayer::kSpiking),
      is_normalised_(params.normalised),
      is_frozen_(std::ranges::binary_search(params.frozen, index)),
      is_sparse_(params.recurrent_density < 1.0) {
  for (int layer = 1; layer < index; ++layer) first_neuron_ += params.sizes.at(static_cast<std::size_t>(layer));
}

template <class Real>
void Layer<Real>::allocate(Backend<Real>& backend, std::size_t n_rows, std::size_t n_batch, bool trains) {
  const auto n_neurons = static_cast<std::size_t>(shape_.n_neurons);
  const std::size_t over_time = n_rows * pitched_area(1, shape_.n_neurons);
  if (!is_output()) spikes_.renew(backend, backend.spike_bytes(n_rows, shape_.n_neurons));
  if (is_output()) psc_.renew(backend, over_time);
  if (!trains) return;
  u_.renew(backend, over_time);
  delta_.renew(backend, over_time);
  if (!arrays_.gain) return;
  drive_.renew(backend, over_time);
  norm_.renew(backend, 5 * n_neurons);
  drive_sums_.renew(backend, 2 * n_batch * n_neurons);
}

/// Those of this layer: none in the output.
template <class Real>
SilentNeurons Layer<Real>::silent(const Pass<Real>& pass) const {
  if (is_output() || pass.silent.flags == nullptr) return {};
  return {pass.silent.flags + first_neuron_, pass.silent.stride};
}

template <class Real>
std::vector<WeightedSource<Real>> Layer<Real>::sources(const Pass<Real>& pass) const {
  std::vector<WeightedSource<Real>> sources;
  for (const Connection& c : arrays_.incoming) {
    sources.push_back({pass.sources[static_cast<std::size_t>(c.population)], pass.parameters + c.weight, c.delays});
  }
  return sources;
}

template <class Real>
void Layer<Real>::forward(const Pass<Real>& pass, bool keeps) {
  if (!fires_) return forward_readout(pass, keeps);
  std::optional<ApplyNorm<Real>> norm;
  if (keeps && arrays_.gain) norm = find_norm(pass);
  pass.backend.run(ForwardStage<Real>{.sources = norm ? std::vector<WeightedSource<Real>>() : sources(pass),
                                      .only_events = !keeps,
                                      .norm = norm,
                                      .lateral = lateral(pass),
                                      .scan = {.shape = shape_,
                                               .row_begin = pass.row_begin,
                                               .u = keeps ? u_.data() : nullptr,
                                               .first_row = 0,
                                               .psc = psc_.data(),
                                               .psc_sums = is_output() ? pass.psc_sums : nullptr,
                                               .fired = nullptr,
                                               .n_spikes = pass.n_spikes + first_neuron_,
                                               .n_spikes_stride = pass.n_spikes_stride,
                                               .theta = at(pass, arrays_.theta),
                                               .w_self = at(pass, arrays_.w_self),
                                               .coeffs = pass.coeffs,
                                               .silent = silent(pass),
                                               .bias = norm ? nullptr : at(pass, arrays_.bias),
                                               .adaptation = at(pass, arrays_.adaptation),
                                               .rho = at(pass, arrays_.rho)},
                                      .spikes = spikes_.data()});
}

template <class Real>
void Layer<Real>::find_drive(const Pass<Real>& pass, Real* drive, bool keeps,
                             const std::optional<DriveSums<Real>>& sums) {
  ForwardStage<Real> stage{
      .sources = sources(pass), .only_events = !keeps, .drive_only = true, .sums = sums, .scan = {}};
  stage.scan.shape = shape_;
  stage.scan.row_begin = pass.row_begin;
  stage.scan.u = drive;
  pass.backend.run(stage);
}

template <class Real>
void Layer<Real>::forward_readout(const Pass<Real>& pass, bool keeps) {
  find_drive(pass, psc_.data(), keeps);
  pass.backend.run(ReadoutForward<Real>{.shape = shape_,
                                        .row_begin = pass.row_begin,
                                        .potential = psc_.data(),
                                        .sums = pass.psc_sums,
                                        .n_spikes = pass.n_spikes + first_neuron_,
                                        .n_spikes_stride = pass.n_spikes_stride,
                                        .theta = at(pass, arrays_.theta),
                                        .bias = at(pass, arrays_.bias),
                                        .coeffs = pass.coeffs});
}

template <class Real>
NormFactors<Real> Layer<Real>::norm_factors() {
  const auto n = static_cast<std::size_t>(shape_.n_neurons);
  return {norm_.data(), norm_.data() + n, norm_.data() + 2 * n};
}

/// The drive of all steps, and what gives u the same normalised over the batch.
template <class Real>
ApplyNorm<Real> Layer<Real>::find_norm(const Pass<Real>& pass) {
  double* sums = drive_sums_.data();
  double* squares = sums + area(pass.n_utterances, shape_.n_neurons);
  find_drive(pass, drive_.data(), true,
             DriveSums<Real>{.shape = utterances(pass),
                             .row_begin = pass.row_begin,
                             .drive = drive_.data(),
                             .sums = sums,
                             .squares = squares});
  pass.backend.run(FindNorm<Real>{.n_batch = pass.n_utterances,
                                  .n_neurons = shape_.n_neurons,
                                  .n_rows = pass.row_begin + pass.n_utterances,
                                  .sums = sums,
                                  .squares = squares,
                                  .out = norm_factors()});
  return {.shape = shape_,
          .row_begin = pass.row_begin,
          .drive = drive_.data(),
          .norm = norm_factors(),
          .gain = at(pass, arrays_.gain),
          .bias = at(pass, arrays_.bias),
          .u = u_.data()};
}

/// From the error of the normalised drive, in u, to that of the drive, in place.
template <class Real>
void Layer<Real>::unnormalise(const Pass<Real>& pass) {
  Real* means = norm_.data() + 3 * static_cast<std::size_t>(shape_.n_neurons);
  pass.backend.run(FindErrorMeans<Real>{.n_batch = pass.n_utterances,
                                        .n_neurons = shape_.n_neurons,
                                        .n_rows = pass.row_begin + pass.n_utterances,
                                        .dbias = part_at(pass, arrays_.bias),
                                        .dgain = part_at(pass, arrays_.gain),
                                        .part_stride = pass.part_stride,
                                        .mean_error = means,
                                        .mean_product = means + shape_.n_neurons});
  pass.backend.run(UndoNorm<Real>{.shape = shape_,
                                  .n_utterances = pass.n_utterances,
                                  .row_begin = pass.row_begin,
                                  .drive = drive_.data(),
                                  .error = u_.data(),
                                  .norm = norm_factors(),
                                  .gain = at(pass, arrays_.gain),
                                  .mean_error = means,
                                  .mean_product = means + shape_.n_neurons});
}

template <class Real>
void Layer<Real>::keep_norm(Backend<Real>& backend, Real* parameters, const GradientState* state,
                            const AdamCoeffs<Real>* coeffs) {
  if (!arrays_.gain) return;
  backend.run(KeepNorm<Real>{.n_neurons = shape_.n_neurons,
                             .state = state,
                             .coeffs = coeffs,
                             .norm = norm_factors(),
                             .mean = parameters + *arrays_.mean,
                             .variance = parameters + *arrays_.variance});
}

template <class Real>
void Layer<Real>::backward_readout(const Pass<Real>& pass) {
  pass.backend.run(ReadoutBackward<Real>{.shape = shape_,
                                         .row_begin = pass.row_begin,
                                         .potential = psc_.data(),
                                         .delta = delta_.data(),
                                         .drive_error = u_.data(),
                                         .dtheta = arrays_.trains_theta ? part_at(pass, arrays_.theta) : nullptr,
                                         .dbias = part_at(pass, arrays_.bias),
                                         .part_stride = pass.part_stride,
                                         .theta = at(pass, arrays_.theta),
                                         .coeffs = pass.coeffs});
}

template <class Real>
BackwardScan<Real> Layer<Real>::backward_scan(const Pass<Real>& pass) {
  return {.shape = shape_,
          .row_begin = pass.row_begin,
          .delta = delta_.data(),
          .u = u_.data(),
          .psc = {},
          .dw_self = part_at(pass, arrays_.w_self),
          .dtheta = arrays_.trains_theta ? part_at(pass, arrays_.theta) : nullptr,
          .dbias = part_at(pass, arrays_.bias),
          .part_stride = pass.part_stride,
          .theta = at(pass, arrays_.theta),
          .w_self = at(pass, arrays_.w_self),
          .firing_rate = firing_rate(pass),
          .layer_rate = pass.gradient.layer_rate,
          .rule = rule_,
          .coeffs = pass.coeffs,
          .silent = silent(pass),
          .of_spikes = (is_normalised_ || rule_ == Rule::kSpikeTrain) && !is_output(),
          .adaptation = at(pass, arrays_.adaptation),
          .rho = at(pass, arrays_.rho),
          .dadaptation = part_at(pass, arrays_.adaptation),
          .drho = part_at(pass, arrays_.rho)};
}

template <class Real>
void Layer<Real>::backward(const Pass<Real>& pass) {
  if (fires_) {
    backward_neurons(pass);
  } else {
    backward_readout(pass);
  }
  if (is_frozen_) return;
  if (arrays_.lateral)
    find_gradients(pass, {index_, shape_.n_neurons, *arrays_.lateral, {1}});  // of the drive behind its norm
  if (arrays_.lateral && is_sparse_) {
    pass.backend.run(MissingConnections<Real>{.n_rows = shape_.n_neurons,
                                              .n_columns = shape_.n_neurons,
                                              .w = at(pass, arrays_.lateral),
                                              .dw = pass.gradients + *arrays_.lateral});
  }
  if (arrays_.gain) unnormalise(pass);
  for (const Connection& c : arrays_.incoming) find_gradients(pass, c);
}

template <class Real>
void Layer<Real>::find_gradients(const Pass<Real>& pass, const Connection& connection) {
  pass.backend.run(WeightGradient<Real>{.n_rows = shape_.n_rows,
                                        .source = pass.sources[static_cast<std::size_t>(connection.population)],
                                        .n_neurons = shape_.n_neurons,
                                        .error = u_.data(),
                                        .delays = connection.delays,
                                        .dw = pass.gradients + connection.weight,
                                        .n_batch = shape_.n_batch,
                                        .row_begin = pass.row_begin});
}

template <class Real>
void Layer<Real>::backward_neurons(const Pass<Real>& pass) {
  if (rule_ == Rule::kLayer) {
    pass.backend.run(FiringRate{.n_neurons = shape_.n_neurons,
                                .n_rows = pass.row_begin + pass.n_utterances,
                                .spikes = pass.batch_spikes + first_neuron_,
                                .rate = firing_rate(pass)});
  }
  BackwardStage<Real> stage{.targets = {}, .scan = backward_scan(pass), .lateral = lateral(pass)};
  if (arrays_.gain) {
    stage.gain = GainSums<Real>{.shape = shape_,
                                .row_begin = pass.row_begin,
                                .drive = drive_.data(),
                                .error = u_.data(),
                                .norm = norm_factors(),
                                .dgain = part_at(pass, arrays_.gain),
                                .part_stride = pass.part_stride};
  }
  for (const Connection& c : arrays_.outgoing) {
    stage.targets.push_back(
        {c.n_neurons, pass.delta[static_cast<std::size_t>(c.population)], pass.parameters + c.weight, c.delays});
  }
  pass.backend.run(stage);
}

template class Layer<OSSICLE_REAL>;

}  // namespace snn
