#pragma once
// What a channel of the network's input takes from an utterance whose channel axis was changed.
#include <cstdint>

#include "snn/base/hd.h"

namespace snn {

/// weight times the utterance's channel, and weight_above times the one above it. Where there is none above,
/// weight_above is 0.
struct ChannelTap {
  std::int32_t channel = 0;  ///< 0..C-1
  float weight = 0.0F;
  float weight_above = 0.0F;
  bool operator==(const ChannelTap&) const = default;
};

/// The channel above that of the tap, or the tap's own at the top.
SNN_HD int channel_above(const ChannelTap& tap, int n_channels) {
  return tap.channel + 1 < n_channels ? tap.channel + 1 : tap.channel;
}

/// Linear interpolation between two neighbours, with a gain in the weights.
template <class Real>
SNN_HD Real interpolated(Real value, Real above, Real weight, Real weight_above) {
  return weight * value + weight_above * above;
}

}  // namespace snn
