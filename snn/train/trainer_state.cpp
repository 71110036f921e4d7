// Trainer: starting a run, putting it down and taking it up again.

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "snn/model/init.h"
#include "snn/train/forecast.h"
#include "snn/train/trainer.h"

namespace snn {

namespace {

// Sums of an epoch, by their names in a checkpoint.
constexpr const char* kLoss = "loss";
constexpr const char* kCorrect = "n_correct";
constexpr const char* kUtterances = "n_utterances";
constexpr const char* kNorm = "gradient_norm";
constexpr const char* kArrayNorms = "array_norms";
constexpr const char* kClippedNorms = "clipped_norms";
constexpr const char* kSpikes = "spikes";
constexpr const char* kSteps = "n_steps";
constexpr const char* kSurrogate = "surrogate_batches";  // rule layer

/// Of a device's memory, for what comes later: the graphs of all shapes of batches (graph_recorder.h), and the code that cuBLAS loads
/// for shapes that it has not met.
constexpr std::size_t kLeaveFree = std::size_t{256} << 20;

int largest_batch_of(const Checkpoint& state, const Dataset& train) {
  return std::min(state.model.training.batch_size, train.n_distinct());
}

/// Throws std::invalid_argument saying what does not fit. valid: may be null.
void check_data(const NetworkParams& network, const Dataset& train, const Dataset* valid) {
  validate_for_training(train);
  if (network.sizes.front() != train.n_channels || network.sizes.back() != static_cast<int>(train.classes.size())) {
    throw std::invalid_argument(fmt::format("training set: {} channels and {} classes, the network has {} and {}",
                                            train.n_channels, train.classes.size(), network.sizes.front(),
                                            network.sizes.back()));
  }
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

template <class To, class From>
std::vector<To> converted(const std::vector<From>& values) {
  std::vector<To> out;
  for (const From value : values) out.push_back(static_cast<To>(value));
  return out;
}

}  // namespace

Checkpoint start_training(const TrainingParams& params, const Dataset& train, const Dataset* valid,
                          const std::string& input_kind, const std::string& recipe_json,
                          std::optional<Tensors> initial) {
  validate(params);
  check_data(params.network, train, valid);
  Checkpoint start;
  start.model = {.training = params,
                 .classes = train.classes,
                 .input_kind = input_kind,
                 .recipe_json = recipe_json,
                 .which = "last",
                 .n_epochs_done = 0,
                 .valid_accuracy = {},
                 .parameters = {}};
  if (initial) {
    check_parameters(params.network, *initial);
    start.init_hash = hash_of(*initial);
    start.model.parameters = std::move(*initial);
  } else {
    start.model.parameters = initial_parameters(params.network, params.init, params.seed);
  }
  for (const ParameterInfo& array : parameter_list(params.network)) {
    if (!array.trained) continue;
    const Tensor zeros{array.shape, std::vector<float>(static_cast<std::size_t>(array.n_values()))};
    start.adam_m[array.name] = zeros;
    start.adam_v[array.name] = zeros;
    if (params.optimiser.ema_decay > 0.0) start.ema[array.name] = start.model.parameters.at(array.name);
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
      counts_(backend, network_.n_neurons(), network_.params().n_layers(), largest_batch_of(state_, train)),
      n_batches_(count_batches(train.n_distinct(), state_.model.training.batch_size)) {
  check_data(network_.params(), train, valid);
  if (hash_of(train) != state_.train_hash) {
    throw std::invalid_argument("checkpoint: it was begun with another training set");
  }
  if (state_.valid_hash != (valid == nullptr ? std::nullopt : std::optional(hash_of(*valid)))) {
    throw std::invalid_argument("checkpoint: it was begun with another validation set, or without one");
  }
  if (state_.next_batch > n_batches_) {
    throw std::invalid_argument(fmt::format("checkpoint: batch {} of an epoch of {}", state_.next_batch, n_batches_));
  }
  if (valid != nullptr && scores_others(params())) {
    scorer_.emplace(scored_network(params()), params().gradient, backend);
  }
  const BatchSize trained = largest_batch(train, scorer_ ? nullptr : valid, params().batch_size);
  network_.reserve(trained.n_rows, trained.n_batch, true);
  if (scorer_) {
    const BatchSize scored = largest_batch(*valid, nullptr, params().batch_size);
    scorer_->reserve(scored.n_rows, scored.n_batch, false);
  }
  rehearse();
  train_values_ = backend.keep(value_bytes(train), kLeaveFree);
  if (valid != nullptr) valid_values_ = backend.keep(value_bytes(*valid), kLeaveFree);
  network_.set_parameters(state_.model.parameters);
  optimiser_.restore(state_.adam_m, state_.adam_v, state_.n_updates, state_.ema);
  for (Tensors* held : {&state_.model.parameters, &state_.adam_m, &state_.adam_v, &state_.ema}) held->clear();
  valid_accuracy_ = state_.model.valid_accuracy;
  calibration_ = state_.model.calibration;
  restore_counts();
}

/// A device takes memory and loads code when they are first needed. So the largest batches that there can be are run before the data
/// are kept: what is free then is free. What they change is all set afterwards.
void Trainer::rehearse() {
  if (network_.backend().traits().batches_per_readback == 1)
    return;  // it works as it is called, in the memory of the host
  step(longest_utterances(*train_, counts_.max_batch()));
  if (valid_ == nullptr) return;
  Network<float>& scored = scorer_ ? *scorer_ : network_;
  scored.begin_answers(valid_->utterances.size());
  scored.infer(make_batch(*valid_, longest_utterances(*valid_, params().batch_size)));
  scored.keep_answers(false);
}

/// Those of the checkpoint's epoch in progress, or of one that begins.
void Trainer::restore_counts() {
  const auto max_batch = static_cast<std::size_t>(counts_.max_batch());
  counted_ = {.loss = std::vector<double>(max_batch),
              .n_correct = std::vector<std::int64_t>(max_batch),
              .n_spikes = std::vector<std::int64_t>(static_cast<std::size_t>(network_.n_neurons())),
              .n_surrogate = std::vector<std::int64_t>(static_cast<std::size_t>(network_.params().n_layers()))};
  gradient_ = {};
  std::vector<ArrayGradient> arrays;
  n_utterances_ = n_steps_ = n_utterances_read_ = 0;
  if (state_.next_batch > 0) {
    const auto sum = [this](const char* name, std::size_t wanted) -> const std::vector<double>& {
      const auto found = state_.sums.find(name);
      if (found != state_.sums.end() && found->second.size() == wanted) return found->second;
      throw std::invalid_argument(
          fmt::format("checkpoint: '{}' has not {} values for the epoch in progress", name, wanted));
    };
    counted_.loss = sum(kLoss, max_batch);
    counted_.n_correct = converted<std::int64_t>(sum(kCorrect, max_batch));
    counted_.n_spikes = converted<std::int64_t>(sum(kSpikes, counted_.n_spikes.size()));
    if (has_layer_rule()) counted_.n_surrogate = converted<std::int64_t>(sum(kSurrogate, counted_.n_surrogate.size()));
    arrays = optimiser_.array_gradients();
    for (std::size_t a = 0; a < arrays.size(); ++a) {
      arrays[a] = {.norm_sum = sum(kArrayNorms, arrays.size())[a], .clipped_sum = sum(kClippedNorms, arrays.size())[a]};
    }
    gradient_.norm_sum = sum(kNorm, 1).front();
    gradient_.n_updates = state_.next_batch;
    n_utterances_ = n_utterances_read_ = static_cast<std::int64_t>(sum(kUtterances, 1).front());
    n_steps_ = static_cast<std::int64_t>(sum(kSteps, 1).front());
  }
  state_.sums.clear();
  counts_.write(counted_);
  optimiser_.reset_state(gradient_, arrays);
}

/// As they are now, which may be more than was read back.
Checkpoint::Sums Trainer::sums() const {
  const EpochSums counted = counts_.read();
  Checkpoint::Sums sums = {{kLoss, counted.loss},
                           {kCorrect, converted<double>(counted.n_correct)},
                           {kUtterances, {static_cast<double>(n_utterances_)}},
                           {kNorm, {optimiser_.state().norm_sum}},
                           {kSteps, {static_cast<double>(n_steps_)}},
                           {kSpikes, converted<double>(counted.n_spikes)}};
  if (has_layer_rule()) sums[kSurrogate] = converted<double>(counted.n_surrogate);
  for (const ArrayGradient& array : optimiser_.array_gradients()) {
    sums[kArrayNorms].push_back(array.norm_sum);
    sums[kClippedNorms].push_back(array.clipped_sum);
  }
  return sums;
}

Checkpoint Trainer::state() const {
  Checkpoint now = state_;
  now.model = model("last");
  now.model.training.network = network_.params();
  now.model.parameters = network_.parameters();
  now.ema = optimiser_.average();
  now.sums = sums();
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
  now.calibration = calibration_;
  Folded folded = scored();
  now.training.network = std::move(folded.network);
  now.parameters = std::move(folded.parameters);
  return now;
}

}  // namespace snn
