#pragma once
// Batches and the order of an epoch.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "snn/data/augment.h"
#include "snn/data/dataset.h"
#include "snn/scan/gather_batch.h"

namespace snn {

/// A permutation of 0..n-1 from (seed, epoch) alone.
std::vector<int> epoch_order(int n, std::uint64_t seed, int epoch);

/// Number of batches of an epoch; the last may be short. n >= 0, batch_size >= 1.
int count_batches(int n, int batch_size);
/// The part of the order that is batch number `batch`, 0-based.
std::span<const int> batch_indices(std::span<const int> order, int batch, int batch_size);

/// Utterances one behind the other, each with its own number of steps: nothing is padded (shape.h). Their values stay
/// where they are, and must stay there until the batch has been run.
struct Batch {
  int n_channels = 0;                ///< C
  std::vector<int> row_begin = {0};  ///< [B + 1]: utterance b has the rows row_begin[b] .. row_begin[b + 1] - 1
  std::vector<int> labels = {};      ///< [B] class index or -1
  std::vector<UtteranceView> utterances = {};  ///< [B], their values in the host's memory
  BatchDraws draws = {};

  int n_batch() const { return static_cast<int>(row_begin.size()) - 1; }
  int n_rows() const { return row_begin.back(); }
};

/// The utterances at `indices` of a data set that must outlive the batch. `changes` is empty or one for each index. Throws
/// std::invalid_argument for no indices, an index out of range, another number of changes, or more than 2^31 - 1 steps in all.
Batch make_batch(const Dataset& dataset, std::span<const int> indices, std::span<const Augmentation> changes = {});

/// Bytes of each utterance's values, where the data set holds them.
std::vector<std::span<const std::byte>> value_bytes(const Dataset& dataset);

}  // namespace snn
