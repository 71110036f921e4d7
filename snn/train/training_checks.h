#pragma once
// What a trainer asks of its data and of the checkpoint that it goes on from.
#include <span>
#include <string>

#include "snn/data/dataset.h"
#include "snn/files/checkpoint.h"

namespace snn {

// Sums of an epoch, by their names in a checkpoint.
inline constexpr const char* kLoss = "loss";
inline constexpr const char* kCorrect = "n_correct";
inline constexpr const char* kUtterances = "n_utterances";
inline constexpr const char* kNorm = "gradient_norm";
inline constexpr const char* kArrayNorms = "array_norms";
inline constexpr const char* kClippedNorms = "clipped_norms";
inline constexpr const char* kSpikes = "spikes";
inline constexpr const char* kSteps = "n_steps";
inline constexpr const char* kSurrogate = "surrogate_batches";  // rule layer

/// Of the utterances at `indices`, a few and how many more.
std::string keys_of(const Dataset& dataset, std::span<const int> indices);

/// Each throws std::invalid_argument saying what does not fit. valid: may be null.
void check_network(const NetworkParams& network, const Dataset& train);
void check_validation_set(const Dataset& train, const Dataset* valid);
void check_data(const Checkpoint& state, const Dataset& train, const Dataset* valid);
/// Of an epoch in progress, as read from a file. max_batch: utterances of the largest batch.
void check_sums(const Checkpoint& state, int max_batch);

}  // namespace snn
