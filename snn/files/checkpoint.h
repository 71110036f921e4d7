#pragma once
// A training in progress as bytes (MODEL.md): everything needed to go on as if it had never stopped.
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "snn/files/model_file.h"
#include "snn/model/tensors.h"

namespace snn {

struct Checkpoint {
  using Sums = std::map<std::string, std::vector<double>>;  // kept to the last bit
  Model model;                 ///< as trained, not as scored; model.n_epochs_done complete epochs are behind it
  Tensors adam_m;              ///< of the trained arrays, under the arrays' names
  Tensors adam_v;              ///< values >= 0
  Tensors ema = {};            ///< average of the trained arrays; empty without ema_decay
  std::int64_t n_updates = 0;  ///< optimiser steps done
  int epoch = 0;               ///< the epoch in progress, 0-based; training.n_epochs when all are done
  int next_batch = 0;          ///< first batch of it that is not yet done
  Sums sums = {};              ///< of the epoch in progress, named by the trainer
  std::optional<double> best_accuracy;      ///< 0..1, on the validation set so far
  int best_epoch = -1;                      ///< epoch that gave it, 0-based; -1: none yet
  std::uint64_t train_hash = 0;             ///< hash_of the training set
  std::optional<std::uint64_t> valid_hash;  ///< hash_of the validation set, where there is one
  std::optional<std::uint64_t> init_hash;   ///< hash_of the parameters it began with, if given
  std::uint64_t log_bytes = 0;              ///< length of the log at this point
  bool operator==(const Checkpoint&) const = default;
};

/// Over names, shapes and values. Little-endian hosts only.
std::uint64_t hash_of(const Tensors& tensors);

/// As serialise(Model) and parse_model.
std::string serialise(const Checkpoint& checkpoint);
Checkpoint parse_checkpoint(std::span<const char> bytes, const std::string& name);
Checkpoint read_checkpoint(const std::string& path);

/// Why this training cannot go on from the checkpoint: one line naming the first field that differs (parameters,
/// classes, recipe, input kind, data, what it began with) with both values; empty if it can. Everything is compared but
/// parameters and progress.
std::string first_difference(const Checkpoint& checkpoint, const Model& wanted, std::uint64_t train_hash,
                             std::optional<std::uint64_t> valid_hash, std::optional<std::uint64_t> init_hash = {});

}  // namespace snn
