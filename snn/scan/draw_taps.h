#pragma once
// What an utterance's channels become in an epoch, drawn where the input is gathered.
#include <cmath>
#include <cstdint>

#include "snn/base/hd.h"
#include "snn/base/rng.h"
#include "snn/scan/gather_batch.h"
#include "snn/scan/shape.h"

namespace snn {

/// The tap of channel c of an axis that is stretched by a factor from its last channel C - 1, which is the lowest frequency of the
/// ear, then shifted up: it reads position C-1 - (C-1 - (c - shift)) / stretch, between two neighbours by linear interpolation, zero
/// outside. stretch > 0.
SNN_HD ChannelTap stretched_tap(int c, int n_channels, double stretch, int shift) {
  const double last = n_channels - 1, position = last - (last - (c - shift)) / stretch, below = std::floor(position);
  const double fraction = position - below;
  if (below == -1.0) return {0, static_cast<float>(fraction), 0.0F};  // between nothing and channel 0
  if (below < 0.0 || below >= n_channels) return {};
  const auto channel = static_cast<std::int32_t>(below);
  const float above = channel == n_channels - 1 ? 0.0F : static_cast<float>(fraction);
  return {channel, static_cast<float>(1.0 - fraction), above};
}

/// The taps of the utterances that have some: channels are stretched and shifted, then times the gain, then dropped and masked.
struct DrawTaps {
  int n_batch = 0, n_channels = 0;
  const UtteranceView* utterances = nullptr;  // [B]
  BatchDraws draws;
  ChannelTap* taps = nullptr;  // [utterances with taps][C], out

  SNN_HD Extent extent() const { return {n_batch, n_channels}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const UtteranceView& view = utterances[b];
    if (view.taps < 0) return;
    ChannelTap* to = taps + area(view.taps, n_channels);
    for (int c = first; c < last; ++c) {
      ChannelTap tap = stretched_tap(c, n_channels, view.stretch, view.shift_channels);
      const double factor = is_dropped(view, c) ? 0.0 : view.gain;
      tap.weight = static_cast<float>(static_cast<double>(tap.weight) * factor);
      tap.weight_above = static_cast<float>(static_cast<double>(tap.weight_above) * factor);
      to[c] = c >= view.mask_first && c < view.mask_last ? ChannelTap{} : tap;
    }
  }

 private:
  /// By two words of the stream of kAugment for each channel, behind the block that stretch and gain come from (augment.cpp).
  SNN_HD bool is_dropped(const UtteranceView& view, int c) const {
    if (draws.drop_channels == 0.0) return false;
    const auto block = static_cast<std::uint32_t>(1 + c / 2);
    const PhiloxWords drawn = random_words(philox_key(draws.seed), Purpose::kAugment, view.stream, block);
    const double share = c % 2 == 0 ? uniform(drawn.word[0], drawn.word[1]) : uniform(drawn.word[2], drawn.word[3]);
    return share < draws.drop_channels;
  }
};

}  // namespace snn
