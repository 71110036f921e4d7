#pragma once
// The batch that a network works on, as its back end sees it.
#include <vector>

#include "snn/backend/backend.h"
#include "snn/data/batch.h"

namespace snn {

/// Where the back end wants whole numbers of row_step rows, a silent utterance without a label stands behind the last one
/// and fills them up; it has no rows if there is nothing to fill.
class LoadedBatch {
 public:
  /// Nothing is sent yet. Throws std::invalid_argument if the batch has other channels, other hidden neurons, or if its parts
  /// do not fit together.
  void take(Batch batch, int n_channels, int n_hidden, int row_step);
  /// Of each utterance, in the host's memory.
  UtteranceBytes values() const;
  /// Makes room for the utterances and channels of a padded shape and a network of so many hidden neurons; what was sent is lost.
  void reserve(const Shape& padded, int n_hidden, Memory& memory);
  /// In one copy, everything that changes from batch to batch. values: where the back end's fetch() found them.
  void send(std::span<const void* const> values);

  int n_rows() const { return batch_.n_rows(); }
  int n_batch() const { return batch_.n_batch(); }
  /// Of the longest utterance, rounded up so that more batches have one sequence of launches; with the silent one.
  int n_steps() const;
  const std::vector<int>& labels() const { return batch_.labels; }
  /// Some utterances have partners that are mixed in.
  bool is_mixed() const { return is_mixed_; }
  /// Noise is added to some utterances.
  bool is_noisy() const { return is_noisy_; }
  /// With the silent utterance, [rows][C].
  const Shape& padded() const { return padded_; }
  /// The shape that a batch of this one gets.
  static Shape pad(const Shape& shape, int row_step);
  /// In the back end's memory: [B], [B + 1], [B], as in the batch.
  const UtteranceView* utterances() const { return reinterpret_cast<const UtteranceView*>(sent_.data()); }
  const int* row_begin() const { return reinterpret_cast<const int*>(utterances() + padded_.n_batch); }
  const int* sent_labels() const { return row_begin() + padded_.n_batch + 1; }
  const ChannelTap* taps() const { return reinterpret_cast<const ChannelTap*>(sent_labels() + padded_.n_batch); }
  /// [B][hidden neurons], or null if the batch has none.
  const std::uint8_t* silent() const {
    return batch_.silent.empty() ? nullptr : reinterpret_cast<const std::uint8_t*>(taps() + n_taps(padded_));
  }

 private:
  /// At most, of a batch of that shape.
  static std::size_t n_taps(const Shape& padded) {
    return static_cast<std::size_t>(padded.n_batch) * static_cast<std::size_t>(padded.n_neurons);
  }

  Batch batch_;
  bool is_mixed_ = false, is_noisy_ = false;
  Shape padded_;
  Buffer<std::byte> sent_;  // utterances, row_begin, labels, taps, silent
};

}  // namespace snn
