#include "snn/train/trainer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "snn/backend/out_of_memory.h"
#include "snn/data/dropout.h"

namespace snn {

namespace {

constexpr std::size_t kKeysNamed = 5;

/// Of the utterances at `indices`, a few and how many more.
std::string keys_of(const Dataset& dataset, std::span<const int> indices) {
  std::string keys;
  for (std::size_t i = 0; i < std::min(indices.size(), kKeysNamed); ++i) {
    keys += (i > 0 ? ", " : "") + dataset.utterances[static_cast<std::size_t>(indices[i])].key;
  }
  return indices.size() > kKeysNamed ? keys + fmt::format(" and {} more", indices.size() - kKeysNamed) : keys;
}

ArrayReport report_of(const std::string& name, const std::vector<float>& values) {
  const auto n = static_cast<double>(values.size());
  const auto [min, max] = std::ranges::minmax(values);
  double sum = 0.0, squares = 0.0;
  for (const float value : values) {
    sum += double{value};
    squares += double{value} * double{value};
  }
  return {.name = name, .min = min, .mean = sum / n, .max = max, .rms = std::sqrt(squares / n)};
}

/// No gradient depends on the running means and variances, so no batch stops at them.
void require_finite_norms(const ArrayLayout& layout, const Tensors& parameters, int epoch) {
  for (const ArrayLayout::Entry& entry : layout.entries()) {
    const ParameterKind kind = entry.info.kind;
    if (kind != ParameterKind::kNormMean && kind != ParameterKind::kNormVar) continue;
    if (std::ranges::all_of(parameters.at(entry.info.name).values, [](float x) { return std::isfinite(x); })) continue;
    throw std::runtime_error(
        fmt::format("epoch {}: {} is not finite: the drives of layer {} are too large to be normalised; use a lower "
                    "--input-scale or --w-scale",
                    epoch, entry.info.name, entry.info.to));
  }
}

/// Of each layer, in how many of the batches it took the surrogate.
std::vector<double> surrogate_shares(const std::vector<std::int64_t>& n_surrogate, int n_batches) {
  std::vector<double> shares;
  for (const std::int64_t n : n_surrogate) shares.push_back(static_cast<double>(n) / n_batches);
  return shares;
}

}  // namespace

std::vector<ArrayReport> array_reports(const ArrayLayout& layout, const Tensors& parameters,
                                       std::span<const ArrayGradient> gradients, std::int64_t n_updates) {
  std::vector<ArrayReport> reports;
  std::size_t n_trained = 0;
  const auto n = static_cast<double>(std::max<std::int64_t>(1, n_updates));
  for (const ArrayLayout::Entry& entry : layout.entries()) {
    reports.push_back(report_of(entry.info.name, parameters.at(entry.info.name).values));
    if (!entry.info.trained) continue;
    if (n_trained < gradients.size()) {
      const ArrayGradient& gradient = gradients[n_trained];
      reports.back().gradient = {.norm = gradient.norm_sum / n, .clipped = gradient.clipped_sum / n};
    }
    ++n_trained;
  }
  if (n_trained != gradients.size()) {
    throw std::invalid_argument(
        fmt::format("array reports: gradients of {} arrays, {} are trained", gradients.size(), n_trained));
  }
  return reports;
}

std::optional<EpochReport> Trainer::run_epoch(const std::function<bool(const BatchReport&)>& on_batch) {
  const TrainingParams& params = state_.model.training;
  const int batches_per_readback = network_.backend().traits().batches_per_readback;
  const std::vector<int> order = epoch_order(train_->n_distinct(), params.seed, state_.epoch);
  while (state_.next_batch < n_batches_) {
    run_batch(batch_indices(order, state_.next_batch, params.batch_size));
    if (state_.next_batch % batches_per_readback == 0 || state_.next_batch == n_batches_) read_back();
    if (!on_batch(batch_report())) {
      read_back();  // that a stop by itself is not left unsaid
      return std::nullopt;
    }
  }
  return finish_epoch();
}

void Trainer::run_batch(std::span<const int> distinct) {
  const std::vector<int> indices = draw_versions(params().seed, state_.epoch, *train_, distinct);
  const std::int64_t n_updates = optimiser_.n_updates();
  try {
    step(indices);
  } catch (const OutOfMemory&) {
    if (!make_room()) throw;
    optimiser_.rewind(n_updates);  // memory may have run out before or behind prepare()
    step(indices);
  }
  n_utterances_ += static_cast<std::int64_t>(indices.size());
  n_steps_ += count_steps(indices);
  ++state_.next_batch;
}

void Trainer::step(std::span<const int> indices) {
  const TrainingParams& params = state_.model.training;
  Batch batch =
      make_batch(*train_, indices, draw_augmentations(params.augment, params.seed, state_.epoch, *train_, indices));
  batch.draws = {params.seed, params.augment.drop_channels, params.augment.drop_neurons};
  network_.load(std::move(batch), true);
  const std::int64_t n_total = static_cast<std::int64_t>(n_batches_) * params.n_epochs;
  optimiser_.prepare(rate_factor(params.optimiser, optimiser_.n_updates(), n_total));
  network_.backend().repeat(network_.sequence_key(this), [&] {
    network_.forward();
    network_.backward(params.loss);
    optimiser_.apply();
    network_.keep_norms(optimiser_.device_state(), optimiser_.device_coeffs());
    network_.count(params.loss, optimiser_.device_state(), counts_);
  });
}

/// Gives up the data that the back end keeps, so that a step that found no memory can be tried again: once, and only if it did not
/// get as far as its update.
bool Trainer::make_room() {
  if (train_values_ == nullptr && valid_values_ == nullptr) return false;
  const GradientState state = optimiser_.state();
  if (state.stopped_at == 0 && state.n_updates != state_.next_batch) return false;
  train_values_ = valid_values_ = nullptr;
  return true;
}

void Trainer::read_back() {
  gradient_ = optimiser_.state();
  counted_ = counts_.read();
  if (gradient_.stopped_at != 0) stop();
  n_utterances_read_ = n_utterances_;
}

/// Everything goes back to the end of the batch before, for the parameters are still there.
void Trainer::stop() {
  const TrainingParams& params = state_.model.training;
  const int batch = static_cast<int>(gradient_.stopped_at) - 1;
  const double norm = std::abs(gradient_.norm);  // a computed NaN may have a sign, which would be printed
  const std::vector<int> order = epoch_order(train_->n_distinct(), params.seed, state_.epoch);
  optimiser_.rewind(optimiser_.n_updates() - (state_.next_batch - batch));
  state_.next_batch = batch;
  gradient_.stopped_at = 0;
  optimiser_.reset_state(gradient_, optimiser_.array_gradients());
  const auto n_done = static_cast<std::size_t>(batch) * static_cast<std::size_t>(params.batch_size);
  n_utterances_ = n_utterances_read_ = static_cast<std::int64_t>(n_done);
  n_steps_ = count_steps(draw_versions(params.seed, state_.epoch, *train_, std::span(order).first(n_done)));
  // Before the first update no learning rate has had a say.
  const char* remedy = optimiser_.n_updates() > 0 ? "--lr, --input-scale or --w-scale" : "--input-scale or --w-scale";
  throw std::runtime_error(fmt::format(
      "epoch {}, batch {}: gradient norm {}, wanted a finite one (utterances {}); use a lower {}, or another --rule",
      state_.epoch + 1, batch + 1, norm, keys_of(*train_, batch_indices(order, batch, params.batch_size)), remedy));
}

std::int64_t Trainer::count_steps(std::span<const int> indices) const {
  std::int64_t n_steps = 0;
  for (const int index : indices) n_steps += train_->utterances[static_cast<std::size_t>(index)].n_steps;
  return n_steps;
}

BatchReport Trainer::batch_report() const {
  const auto n = static_cast<double>(std::max<std::int64_t>(1, n_utterances_read_));
  return {.epoch = state_.epoch + 1,
          .n_epochs = state_.model.training.n_epochs,
          .batch = state_.next_batch,
          .n_batches = n_batches_,
          .n_counted = n_utterances_read_,
          .loss = std::accumulate(counted_.loss.begin(), counted_.loss.end(), 0.0) / n,
          .accuracy = static_cast<double>(
                          std::accumulate(counted_.n_correct.begin(), counted_.n_correct.end(), std::int64_t{0})) /
                      n};
}

EpochReport Trainer::finish_epoch() {
  const TrainingParams& params = state_.model.training;
  const BatchReport batch = batch_report();
  const std::int64_t n_total = static_cast<std::int64_t>(n_batches_) * params.n_epochs;
  EpochReport report;
  report.epoch = batch.epoch;
  report.n_epochs = batch.n_epochs;
  report.loss = batch.loss;
  report.accuracy = batch.accuracy;
  report.gradient_norm = gradient_.norm_sum / n_batches_;
  report.rate_factor = rate_factor(params.optimiser, optimiser_.n_updates() - 1, n_total);
  report.firing_rates =
      firing_rates(params.network, {.spikes = layer_spikes(params.network, counted_.n_spikes), .n_steps = n_steps_});
  report.neurons = neuron_shares(params.network, counted_.n_spikes, n_steps_);
  if (params.network.output_layer != OutputLayer::kSpiking) {
    for (auto* of_layers : {&report.firing_rates, &report.neurons.silent, &report.neurons.saturated})
      of_layers->pop_back();
  }
  if (has_layer_rule()) report.surrogate_shares = surrogate_shares(counted_.n_surrogate, n_batches_);
  const Tensors parameters = network_.parameters();
  require_finite_norms(network_.layout(), parameters, report.epoch);
  report.arrays = array_reports(network_.layout(), parameters, optimiser_.array_gradients(), gradient_.n_updates);
  if (valid_ != nullptr) {
    report.valid = score_valid();
    valid_accuracy_ = report.valid->accuracy();
    report.is_best = !state_.best_accuracy || *valid_accuracy_ > *state_.best_accuracy;
    if (report.is_best) {
      state_.best_accuracy = valid_accuracy_;
      state_.best_epoch = state_.epoch;
    }
    report.best_accuracy = state_.best_accuracy;
    report.best_epoch = state_.best_epoch + 1;
  }
  ++state_.epoch;
  state_.next_batch = 0;
  restore_counts();
  return report;
}

/// The network that stands for the training so far, which need not be the one that it goes on from: validation sees it and
/// model() stores it.
Folded Trainer::scored() const {
  Tensors scored = network_.parameters();
  for (auto& [name, average] : optimiser_.average()) scored[name] = std::move(average);
  scale_for_scoring(scored, params());
  return fold_normalisation(params().network, std::move(scored));
}

CorrectCount Trainer::score_valid() {
  if (scorer_) scorer_->set_parameters(scored().parameters);
  const Evaluation evaluation = evaluate(scorer_ ? *scorer_ : network_, *valid_, params().batch_size);
  calibration_ = fit_calibration(evaluation, *valid_);
  return score(evaluation, *valid_).all();
}

}  // namespace snn
