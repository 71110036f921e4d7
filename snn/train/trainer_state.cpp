// Trainer: putting a run down and taking it up again.

#include "snn/train/trainer.h"
#include "snn/train/training_checks.h"

namespace snn {

namespace {

template <class To, class From>
std::vector<To> converted(const std::vector<From>& values) {
  std::vector<To> out;
  for (const From value : values) out.push_back(static_cast<To>(value));
  return out;
}

}  // namespace

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
    check_sums(state_, counts_.max_batch());
    const Checkpoint::Sums& sums = state_.sums;
    counted_.loss = sums.at(kLoss);
    counted_.n_correct = converted<std::int64_t>(sums.at(kCorrect));
    counted_.n_spikes = converted<std::int64_t>(sums.at(kSpikes));
    if (has_layer_rule()) counted_.n_surrogate = converted<std::int64_t>(sums.at(kSurrogate));
    for (std::size_t a = 0; a < sums.at(kArrayNorms).size(); ++a) {
      arrays.push_back({.norm_sum = sums.at(kArrayNorms)[a], .clipped_sum = sums.at(kClippedNorms)[a]});
    }
    gradient_.norm_sum = sums.at(kNorm).front();
    gradient_.n_updates = state_.next_batch;
    n_utterances_ = n_utterances_read_ = static_cast<std::int64_t>(sums.at(kUtterances).front());
    n_steps_ = static_cast<std::int64_t>(sums.at(kSteps).front());
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
  now.parameters = scored_parameters();
  return now;
}

}  // namespace snn
