#include "snn/network/layer.h"

#include <algorithm>
#include <map>

namespace snn {

namespace {

/// The weights of a connection's delays lie one behind the other.
void add_delay(const Connection& weight, std::vector<Connection>& connections) {
  if (connections.empty() || connections.back().population != weight.population) {
    connections.push_back(weight);
  } else {
    connections.back().delays.push_back(weight.delays.front());
  }
}

}  // namespace

template <class Real>
Layer<Real>::Layer(const NetworkParams& params, const ArrayLayout& layout, int index, Rule rule)
    : index_(index),
      shape_{0, 0, params.sizes.at(static_cast<std::size_t>(index))},
      rule_(rule),
      fires_(index < params.n_layers() || params.output_layer == OutputLayer::kSpiking),
      is_normalised_(params.normalised),
      is_frozen_(std::ranges::binary_search(params.frozen, index)),
      is_sparse_(params.recurrent_density < 1.0) {
  for (int layer = 1; layer < index; ++layer) first_neuron_ += params.sizes.at(static_cast<std::size_t>(layer));
  const auto size_of = [&params](int population) { return params.sizes.at(static_cast<std::size_t>(population)); };
  for (const ArrayLayout::Entry& entry : layout.entries()) {
    const ParameterInfo& info = entry.info;
    if (info.kind != ParameterKind::kWeight) {
      if (info.to == index) take(info, entry.offset);
      continue;
    }
    if (info.to == index) add_delay({info.from, size_of(info.from), entry.offset, {info.delay}}, incoming_);
    if (info.from == index) add_delay({info.to, size_of(info.to), entry.offset, {info.delay}}, outgoing_);
  }
}

template <class Real>
void Layer<Real>::take(const ParameterInfo& info, std::size_t offset) {
  const std::map<ParameterKind, Offset*> places = {
      {ParameterKind::kLateralWeight, &lateral_}, {ParameterKind::kSelfWeight, &w_self_},
      {ParameterKind::kTheta, &theta_},           {ParameterKind::kBias, &bias_},
      {ParameterKind::kAdaptation, &adaptation_}, {ParameterKind::kRho, &rho_},
      {ParameterKind::kNormGain, &gain_},         {ParameterKind::kNormMean, &mean_},
      {ParameterKind::kNormVar, &variance_}};
  *places.at(info.kind) = offset;
  if (info.kind == ParameterKind::kTheta) trains_theta_ = info.trained;
}

template <class Real>
void Layer<Real>::allocate(Backend<Real>& backend, std::size_t n_rows, std::size_t n_batch, bool trains) {
  const auto n_neurons = static_cast<std::size_t>(shape_.n_neurons);
  const std::size_t over_time = n_rows * n_neurons;
  if (!is_output()) spikes_.renew(backend, backend.spike_bytes(n_rows, shape_.n_neurons));
  if (is_output()) psc_.renew(backend, over_time);
  if (!trains) return;
  u_.renew(backend, over_time);
  delta_.renew(backend, over_time);
  if (!gain_) return;
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
  for (const Connection& c : incoming_) {
    sources.push_back({pass.sources[static_cast<std::size_t>(c.population)], pass.parameters + c.weight, c.delays});
  }
  return sources;
}

template <class Real>
void Layer<Real>::forward(const Pass<Real>& pass, bool keeps) {
  if (!fires_) return forward_readout(pass);
  std::optional<ApplyNorm<Real>> norm;
  if (keeps && gain_) norm = find_norm(pass);
  pass.backend.run(ForwardStage<Real>{.sources = norm ? std::vector<WeightedSource<Real>>() : sources(pass),
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
                                               .theta = at(pass, theta_),
                                               .w_self = at(pass, w_self_),
                                               .coeffs = pass.coeffs,
                                               .silent = silent(pass),
                                               .bias = norm ? nullptr : at(pass, bias_),
                                               .adaptation = at(pass, adaptation_),
                                               .rho = at(pass, rho_)},
                                      .spikes = spikes_.data()});
}

template <class Real>
void Layer<Real>::find_drive(const Pass<Real>& pass, Real* drive, const std::optional<DriveSums<Real>>& sums) {
  ForwardStage<Real> stage{.sources = sources(pass), .drive_only = true, .sums = sums, .scan = {}};
  stage.scan.shape = shape_;
  stage.scan.row_begin = pass.row_begin;
  stage.scan.u = drive;
  pass.backend.run(stage);
}

template <class Real>
void Layer<Real>::forward_readout(const Pass<Real>& pass) {
  find_drive(pass, psc_.data());
  pass.backend.run(ReadoutForward<Real>{.shape = shape_,
                                        .row_begin = pass.row_begin,
                                        .potential = psc_.data(),
                                        .sums = pass.psc_sums,
                                        .n_spikes = pass.n_spikes + first_neuron_,
                                        .n_spikes_stride = pass.n_spikes_stride,
                                        .theta = at(pass, theta_),
                                        .bias = at(pass, bias_),
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
  double* squares = sums + Shape{0, 0, shape_.n_neurons}.index(pass.n_utterances, 0);
  find_drive(pass, drive_.data(),
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
          .gain = at(pass, gain_),
          .bias = at(pass, bias_),
          .u = u_.data()};
}

/// From the error of the normalised drive, in u, to that of the drive, in place.
template <class Real>
void Layer<Real>::unnormalise(const Pass<Real>& pass) {
  Real* means = norm_.data() + 3 * static_cast<std::size_t>(shape_.n_neurons);
  pass.backend.run(FindErrorMeans<Real>{.n_batch = pass.n_utterances,
                                        .n_neurons = shape_.n_neurons,
                                        .n_rows = pass.row_begin + pass.n_utterances,
                                        .dbias = part_at(pass, bias_),
                                        .dgain = part_at(pass, gain_),
                                        .part_stride = pass.part_stride,
                                        .mean_error = means,
                                        .mean_product = means + shape_.n_neurons});
  pass.backend.run(UndoNorm<Real>{.shape = shape_,
                                  .n_utterances = pass.n_utterances,
                                  .row_begin = pass.row_begin,
                                  .drive = drive_.data(),
                                  .error = u_.data(),
                                  .norm = norm_factors(),
                                  .gain = at(pass, gain_),
                                  .mean_error = means,
                                  .mean_product = means + shape_.n_neurons});
}

template <class Real>
void Layer<Real>::keep_norm(Backend<Real>& backend, Real* parameters, const GradientState* state,
                            const AdamCoeffs<Real>* coeffs) {
  if (!gain_) return;
  backend.run(KeepNorm<Real>{.n_neurons = shape_.n_neurons,
                             .state = state,
                             .coeffs = coeffs,
                             .norm = norm_factors(),
                             .mean = parameters + *mean_,
                             .variance = parameters + *variance_});
}

template <class Real>
void Layer<Real>::backward_readout(const Pass<Real>& pass) {
  pass.backend.run(ReadoutBackward<Real>{.shape = shape_,
                                         .row_begin = pass.row_begin,
                                         .potential = psc_.data(),
                                         .delta = delta_.data(),
                                         .drive_error = u_.data(),
                                         .dtheta = trains_theta_ ? part_at(pass, theta_) : nullptr,
                                         .dbias = part_at(pass, bias_),
                                         .part_stride = pass.part_stride,
                                         .theta = at(pass, theta_),
                                         .coeffs = pass.coeffs});
}

template <class Real>
BackwardScan<Real> Layer<Real>::backward_scan(const Pass<Real>& pass) {
  return {.shape = shape_,
          .row_begin = pass.row_begin,
          .delta = delta_.data(),
          .u = u_.data(),
          .psc = {},
          .dw_self = part_at(pass, w_self_),
          .dtheta = trains_theta_ ? part_at(pass, theta_) : nullptr,
          .dbias = part_at(pass, bias_),
          .part_stride = pass.part_stride,
          .theta = at(pass, theta_),
          .w_self = at(pass, w_self_),
          .firing_rate = firing_rate(pass),
          .layer_rate = pass.gradient.layer_rate,
          .rule = rule_,
          .coeffs = pass.coeffs,
          .silent = silent(pass),
          .of_spikes = (is_normalised_ || rule_ == Rule::kSpikeTrain) && !is_output(),
          .adaptation = at(pass, adaptation_),
          .rho = at(pass, rho_),
          .dadaptation = part_at(pass, adaptation_),
          .drho = part_at(pass, rho_)};
}

template <class Real>
void Layer<Real>::backward(const Pass<Real>& pass) {
  if (fires_) {
    backward_neurons(pass);
  } else {
    backward_readout(pass);
  }
  if (is_frozen_) return;
  if (lateral_) find_gradients(pass, {index_, shape_.n_neurons, *lateral_, {1}});  // of the drive behind its norm
  if (lateral_ && is_sparse_) {
    pass.backend.run(MissingConnections<Real>{.n_rows = shape_.n_neurons,
                                              .n_columns = shape_.n_neurons,
                                              .w = at(pass, lateral_),
                                              .dw = pass.gradients + *lateral_});
  }
  if (gain_) unnormalise(pass);
  for (const Connection& c : incoming_) find_gradients(pass, c);
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
  if (gain_) {
    stage.gain = GainSums<Real>{.shape = shape_,
                                .row_begin = pass.row_begin,
                                .drive = drive_.data(),
                                .error = u_.data(),
                                .norm = norm_factors(),
                                .dgain = part_at(pass, gain_),
                                .part_stride = pass.part_stride};
  }
  for (const Connection& c : outgoing_) {
    stage.targets.push_back(
        {c.n_neurons, pass.delta[static_cast<std::size_t>(c.population)], pass.parameters + c.weight, c.delays});
  }
  pass.backend.run(stage);
}

template class Layer<OSSICLE_REAL>;

}  // namespace snn
