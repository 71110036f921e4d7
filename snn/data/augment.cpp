#include "snn/data/augment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "snn/base/hash.h"
#include "snn/base/rng.h"

namespace snn {
namespace {

std::uint64_t index_of(int epoch, std::string_view key) {
  return Hash().add(static_cast<std::uint64_t>(epoch)).add(key).value();
}

bool wants_taps(const AugmentParams& p) {
  return p.warp > 0.0 || p.gain_db > 0.0 || p.drop_channels > 0.0 || p.mask_channels > 0 || p.mask_steps > 0 ||
         p.tempo > 0.0;
}

Shift shift_of(const AugmentParams& params, std::uint64_t seed, std::uint64_t index) {
  Rng rng(seed, Purpose::kShift, index);
  const int steps = rng.between(-params.shift_steps, params.shift_steps);
  return {steps, rng.between(-params.shift_channels, params.shift_channels)};
}

/// Begin and end of 0..longest elements anywhere among n.
std::pair<int, int> draw_range(Rng& rng, int longest, int n) {
  const int length = rng.between(0, std::min(longest, n));
  const int begin = rng.between(0, n - length);
  return {begin, begin + length};
}

/// From the distribution Beta(a, a), 0 < a <= 1, by rejection (Jöhnk 1964), in logarithms: at a small `a` both powers are 0.
double draw_beta(Rng& rng, double a) {
  while (true) {
    const double log_x = std::log(1.0 - rng.uniform()), log_y = std::log(1.0 - rng.uniform());
    if (std::exp(log_x / a) + std::exp(log_y / a) <= 1.0) return 1.0 / (1.0 + std::exp((log_y - log_x) / a));
  }
}

/// What its taps need, and its masks. What takes a fixed number of draws comes first, so that changing one parameter leaves the
/// draws of the others alone: a block for stretch and gain, two words for each channel (DrawTaps), the masks.
void draw_channels(const AugmentParams& params, std::uint64_t seed, const Utterance& utterance, int n_channels,
                   Augmentation& drawn) {
  Rng rng(seed, Purpose::kAugment, drawn.stream);
  if (params.warp > 0.0 || params.gain_db > 0.0) {
    drawn.stretch = 1.0 + params.warp * (2.0 * rng.uniform() - 1.0);
    drawn.gain = std::pow(10.0, params.gain_db * (2.0 * rng.uniform() - 1.0) / 20.0);
  }
  drawn.gain /= 1.0 - params.drop_channels;
  if (params.mask_channels == 0 && params.mask_steps == 0) return;
  rng.seek(4 + 2 * static_cast<std::uint64_t>(n_channels));
  std::tie(drawn.mask_first, drawn.mask_last) = draw_range(rng, params.mask_channels, n_channels);
  std::tie(drawn.mask_begin, drawn.mask_end) = draw_range(rng, params.mask_steps, utterance.n_steps);
}

/// A partner among n utterances, each equally likely, and its share, the smaller one.
void draw_partner(const AugmentParams& params, std::uint64_t seed, std::size_t n, Augmentation& drawn) {
  if (params.mixup == 0.0) return;
  Rng rng(seed, Purpose::kMixup, drawn.stream);
  drawn.partner = static_cast<int>(rng.below(n));
  const double share = draw_beta(rng, params.mixup);
  drawn.share = static_cast<float>(std::min(share, 1.0 - share));
}

}  // namespace

Shift draw_shift(const AugmentParams& params, std::uint64_t seed, int epoch, std::string_view key) {
  return shift_of(params, seed, index_of(epoch, key));
}

Augmentation draw_augmentation(const AugmentParams& params, std::uint64_t seed, int epoch, const Utterance& utterance,
                               int n_channels) {
  const std::uint64_t index = index_of(epoch, utterance.key);
  Augmentation drawn{.shift = shift_of(params, seed, index), .has_taps = wants_taps(params), .stream = index};
  if (params.noise > 0.0) {
    drawn.noise = static_cast<float>(params.noise);
    drawn.noise_seed = Rng(seed, Purpose::kNoise, index).next_u64();
  }
  if (drawn.has_taps) draw_channels(params, seed, utterance, n_channels, drawn);
  if (params.tempo > 0.0) {
    Rng rng(seed, Purpose::kTempo, index);
    drawn.tempo = static_cast<float>(1.0 + params.tempo * (2.0 * rng.uniform() - 1.0));
  }
  return drawn;
}

std::vector<int> draw_versions(std::uint64_t seed, int epoch, const Dataset& dataset, std::span<const int> indices) {
  std::vector<int> drawn(indices.begin(), indices.end());
  if (dataset.n_versions == 1) return drawn;
  for (int& i : drawn) {
    Rng rng(seed, Purpose::kVersion, index_of(epoch, dataset.utterances[static_cast<std::size_t>(i)].key));
    i += dataset.n_distinct() * rng.between(0, dataset.n_versions - 1);
  }
  return drawn;
}

std::vector<Augmentation> draw_augmentations(const AugmentParams& params, std::uint64_t seed, int epoch,
                                             const Dataset& dataset, std::span<const int> indices) {
  std::vector<Augmentation> drawn;
  drawn.reserve(indices.size());
  const auto n = static_cast<std::int64_t>(dataset.utterances.size());
  for (const int i : indices) {
    if (i < 0 || i >= n) throw std::invalid_argument(fmt::format("utterance {} of {} asked for", i, n));
    const Utterance& utterance = dataset.utterances[static_cast<std::size_t>(i)];
    drawn.push_back(draw_augmentation(params, seed, epoch, utterance, dataset.n_channels));
    draw_partner(params, seed, indices.size(), drawn.back());
  }
  return drawn;
}

}  // namespace snn
