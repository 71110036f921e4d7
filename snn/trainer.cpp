#include "snn/trainer.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "snn/init.h"

namespace snn {

namespace {

// Sums of an epoch, by their names in a checkpoint.
constexpr const char* kLoss = "loss";
constexpr const char* kCorrect = "n_correct";
constexpr const char* kUtterances = "n_utterances";
constexpr const char* kNorm = "gradient_norm";
constexpr const char* kSpikes = "spikes";
constexpr const char* kSteps = "n_steps";

constexpr std::size_t kKeysNamed = 5;

std::string keys_of(const Dataset& dataset, std::span<const int> indices) {
  std::string keys;
  for (std::size_t i = 0; i < std::min(indices.size(), kKeysNamed); ++i) {
    keys += (i > 0 ? ", " : "") + dataset.utterances[static_cast<std::size_t>(indices[i])].key;
  }
  return indices.size() > kKeysNamed ? keys + fmt::format(" and {} more", indices.size() - kKeysNamed) : keys;
}

void check_network(const NetworkParams& network, const Dataset& train) {
  if (network.sizes.front() != train.n_channels || network.sizes.back() != static_cast<int>(train.classes.size())) {
    throw std::invalid_argument(fmt::format("training set: {} channels and {} classes, the network has {} and {}",
                                            train.n_channels, train.classes.size(), network.sizes.front(),
                                            network.sizes.back()));
  }
}

void check_validation_set(const Dataset& train, const Dataset* valid) {
  if (valid == nullptr) return;
  validate_for_training(*valid);
  if (valid->n_channels != train.n_channels) {
    throw std::invalid_argument(
        fmt::format("validation set: {} channels, the training set has {}; use the same front end", valid->n_channels,
                    train.n_channels));
  }
  if (valid->classes != train.classes) {
    throw std::invalid_argument("validation set: its classes are not those of the training set");
  }
}

void check_data(const Checkpoint& state, const Dataset& train, const Dataset* valid) {
  if (hash_of(train) != state.train_hash) {
    throw std::invalid_argument("checkpoint: it was begun with another training set");
  }
  if ((valid != nullptr) != state.valid_hash.has_value() ||
      (valid != nullptr && hash_of(*valid) != *state.valid_hash)) {
    throw std::invalid_argument("checkpoint: it was begun with another validation set, or without one");
  }
}

/// Of an epoch in progress, as read from a file.
void check_sums(const Checkpoint& state) {
  for (const char* name : {kLoss, kCorrect, kUtterances, kNorm, kSteps, kSpikes}) {
    const auto found = state.sums.find(name);
    const int wanted = name == kSpikes ? state.model.training.network.n_layers() : 1;
    if (found == state.sums.end() || found->second.size() != static_cast<std::size_t>(wanted)) {
      throw std::invalid_argument(
          fmt::format("checkpoint: '{}' has not {} values for the epoch in progress", name, wanted));
    }
  }
}

}  // namespace

Checkpoint start_training(const TrainingParams& params, const Dataset& train, const Dataset* valid,
                          const std::string& input_kind, const std::string& recipe_json) {
  validate(params);
  validate_for_training(train);
  check_network(params.network, train);
  check_validation_set(train, valid);
  Checkpoint start;
  start.model = {.training = params,
                 .classes = train.classes,
                 .input_kind = input_kind,
                 .recipe_json = recipe_json,
                 .which = "last",
                 .n_epochs_done = 0,
                 .valid_accuracy = {},
                 .parameters = initial_parameters(params.network, params.init, params.seed)};
  for (const ParameterInfo& array : parameter_list(params.network)) {
    if (!array.trained) continue;
    const Tensor zeros{array.shape, std::vector<float>(static_cast<std::size_t>(array.n_values()))};
    start.adam_m[array.name] = zeros;
    start.adam_v[array.name] = zeros;
  }
  start.train_hash = hash_of(train);
  if (valid != nullptr) start.valid_hash = hash_of(*valid);
  return start;
}

Trainer::Trainer(Checkpoint state, const Dataset& train, const Dataset* valid, Backend<float>& backend)
    : state_(std::move(state)),
      train_(&train),
      valid_(valid),
      network_(state_.model.training.network, state_.model.training.gradient, backend),
      optimiser_(state_.model.training.optimiser, network_),
      n_batches_(count_batches(static_cast<int>(train.utterances.size()), state_.model.training.batch_size)) {
  validate_for_training(train);
  check_network(network_.params(), train);
  check_validation_set(train, valid);
  check_data(state_, train, valid);
  if (state_.next_batch > n_batches_) {
    throw std::invalid_argument(fmt::format("checkpoint: batch {} of an epoch of {}", state_.next_batch, n_batches_));
  }
  network_.set_parameters(state_.model.parameters);
  optimiser_.restore(state_.adam_m, state_.adam_v, state_.n_updates);
  for (Tensors* held : {&state_.model.parameters, &state_.adam_m, &state_.adam_v}) held->clear();
  valid_accuracy_ = state_.model.valid_accuracy;
  if (state_.next_batch == 0) {
    reset_sums();
  } else {
    check_sums(state_);
  }
}

void Trainer::reset_sums() {
  state_.sums.clear();
  for (const char* name : {kLoss, kCorrect, kUtterances, kNorm, kSteps}) state_.sums[name] = {0.0};
  state_.sums[kSpikes].assign(static_cast<std::size_t>(network_.params().n_layers()), 0.0);
}

std::optional<EpochReport> Trainer::run_epoch(const std::function<bool(const BatchReport&)>& on_batch) {
  const TrainingParams& params = state_.model.training;
  const std::vector<int> order = epoch_order(static_cast<int>(train_->utterances.size()), params.seed, state_.epoch);
  while (state_.next_batch < n_batches_) {
    run_batch(batch_indices(order, state_.next_batch, params.batch_size));
    ++state_.next_batch;
    if (!on_batch(batch_report())) return std::nullopt;
  }
  return finish_epoch();
}

void Trainer::run_batch(std::span<const int> indices) {
  const TrainingParams& params = state_.model.training;
  fill(batch_, *train_, indices, draw_shifts(params.augment, params.seed, state_.epoch, *train_, indices));
  network_.forward(batch_);
  const std::vector<float> sums = network_.class_sums();
  const std::size_t n_classes = train_->classes.size();
  double n_correct = 0.0;
  for (std::size_t b = 0; b < indices.size(); ++b) {
    n_correct += decide({sums.data() + b * n_classes, n_classes}) == batch_.labels[b] ? 1.0 : 0.0;
  }
  const double loss = network_.backward(batch_, params.loss);
  const double norm = optimiser_.measure_norm();
  if (!std::isfinite(loss) || !std::isfinite(norm)) {
    throw std::runtime_error(
        fmt::format("epoch {}, batch {}: loss {} and gradient norm {}, wanted finite ones (utterances {}); use a lower "
                    "--lr or --w-scale, or "
                    "another --rule",
                    state_.epoch + 1, state_.next_batch + 1, loss, norm, keys_of(*train_, indices)));
  }
  const std::int64_t n_total = static_cast<std::int64_t>(n_batches_) * params.n_epochs;
  optimiser_.step(rate_factor(params.optimiser.schedule, optimiser_.n_updates(), n_total));
  const auto n = static_cast<double>(indices.size());
  sum(kLoss) += params.loss.kind == LossKind::kSoftmax ? loss * n : loss;
  sum(kCorrect) += n_correct;
  sum(kUtterances) += n;
  sum(kNorm) += norm;
  SpikeCounts counts;
  count_spikes(network_, *train_, indices, counts);
  sum(kSteps) += static_cast<double>(counts.n_steps);
  for (std::size_t l = 0; l < counts.spikes.size(); ++l)
    state_.sums.at(kSpikes)[l] += static_cast<double>(counts.spikes[l]);
}

BatchReport Trainer::batch_report() const {
  return {.epoch = state_.epoch + 1,
          .n_epochs = state_.model.training.n_epochs,
          .batch = state_.next_batch,
          .n_batches = n_batches_,
          .loss = sum(kLoss) / sum(kUtterances),
          .accuracy = sum(kCorrect) / sum(kUtterances)};
}

EpochReport Trainer::finish_epoch() {
  const TrainingParams& params = state_.model.training;
  const BatchReport batch = batch_report();
  const std::int64_t n_total = static_cast<std::int64_t>(n_batches_) * params.n_epochs;
  SpikeCounts counts{.spikes = {}, .n_steps = static_cast<std::int64_t>(sum(kSteps))};
  for (const double spikes : state_.sums.at(kSpikes)) counts.spikes.push_back(static_cast<std::int64_t>(spikes));
  EpochReport report;
  report.epoch = batch.epoch;
  report.n_epochs = batch.n_epochs;
  report.loss = batch.loss;
  report.accuracy = batch.accuracy;
  report.gradient_norm = sum(kNorm) / n_batches_;
  report.rate_factor = rate_factor(params.optimiser.schedule, optimiser_.n_updates() - 1, n_total);
  report.firing_rates = firing_rates(params.network, counts);
  if (valid_ != nullptr) {
    report.valid = score(evaluate(network_, *valid_, params.batch_size), *valid_).all();
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
  reset_sums();
  return report;
}

Checkpoint Trainer::state() const {
  Checkpoint now = state_;
  now.model = model("last");
  now.adam_m = optimiser_.first_moment();
  now.adam_v = optimiser_.second_moment();
  now.n_updates = optimiser_.n_updates();
  return now;
}

Model Trainer::model(const std::string& which) const {
  Model now = state_.model;
  now.which = which;
  now.n_epochs_done = state_.epoch;
  now.valid_accuracy = valid_accuracy_;
  now.parameters = network_.parameters();
  return now;
}

}  // namespace snn
