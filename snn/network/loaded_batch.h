#pragma once
// The batch that a network works on, as its back end sees it.
#include <numeric>
#include <span>
#include <vector>

#include "snn/backend/backend.h"
#include "snn/data/batch.h"

namespace snn {

/// Where the back end wants whole numbers of row_step rows, a silent utterance without a label stands behind the last one
/// and fills them up; it has no rows if there is nothing to fill.
class LoadedBatch {
 public:
  /// Nothing is sent yet. Throws std::invalid_argument if the batch has other channels, or if its parts do not fit together.
  void take(Batch batch, int n_channels, int row_step);
  /// Of each utterance, in the host's memory.
  UtteranceBytes values() const;
  /// Makes room for the utterances and channels of a padded shape and a network of so many hidden neurons; what was there is lost.
  void reserve(const Shape& padded, int n_hidden, Memory& memory);
  /// In one copy, everything that changes from batch to batch. values: where the back end's fetch() found them.
  void send(std::span<const void* const> values);
  /// What the back end draws of the batch that was sent: taps, and which neurons of hidden layers of those sizes are silent.
  template <class Real>
  void draw(Backend<Real>& backend, std::span<const int> hidden);

  int n_rows() const { return batch_.n_rows(); }
  int n_batch() const { return batch_.n_batch(); }
  /// Of the longest utterance, rounded up so that more batches have one sequence of launches; with the silent one.
  int n_steps() const;
  const std::vector<int>& labels() const { return batch_.labels; }
  const BatchDraws& draws() const { return batch_.draws; }
  /// Some utterances have taps.
  bool has_taps() const { return has_taps_; }
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
  /// What draw() gave: [B][C], and [B][hidden neurons] or null if the batch has none.
  const ChannelTap* taps() const { return taps_.data(); }
  const std::uint8_t* silent() const { return batch_.draws.drop_neurons > 0.0 ? silent_.data() : nullptr; }

 private:
  Batch batch_;
  bool has_taps_ = false, is_mixed_ = false, is_noisy_ = false;
  Shape padded_;
  Buffer<std::byte> sent_;  // utterances, row_begin, labels
  Buffer<ChannelTap> taps_;
  Buffer<std::uint8_t> silent_;
};

template <class Real>
void LoadedBatch::draw(Backend<Real>& backend, std::span<const int> hidden) {
  const BatchDraws& draws = batch_.draws;
  if (has_taps_) backend.run(DrawTaps{padded_.n_batch, padded_.n_neurons, utterances(), draws, taps_.data()});
  if (draws.drop_neurons == 0.0) return;
  const auto n_hidden = static_cast<std::size_t>(std::accumulate(hidden.begin(), hidden.end(), 0));
  std::uint8_t* flags = silent_.data();
  int index = 0;
  for (const int n_neurons : hidden) {
    backend.run(DrawSilent{padded_.n_batch, n_neurons, ++index, utterances(), draws, flags, n_hidden});
    flags += n_neurons;
  }
}

}  // namespace snn
