#include "snn/data/augment.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "snn/data/batch.h"
#include "tests/snn/scan/gathered.h"

using namespace snn;

namespace {

Utterance utterance_of(const std::string& key, int n_steps) {
  return {key, "", 0, "x", n_steps, std::vector<float>(static_cast<std::size_t>(n_steps))};
}

Augmentation draw(const AugmentParams& params, int i, int n_steps = 50, int n_channels = 20) {
  return draw_augmentation(params, 9, i % 3, utterance_of("key" + std::to_string(i), n_steps), n_channels);
}

/// With its taps, as a back end draws them.
std::vector<ChannelTap> taps_of(const AugmentParams& params, const Augmentation& drawn, int n_channels = 20,
                                std::uint64_t seed = 9) {
  const Dataset data{n_channels, {}, {utterance_of("a", 1)}};
  Batch batch = make_batch(data, std::vector<int>{0}, std::vector<Augmentation>{drawn});
  batch.draws = {seed, params.drop_channels, params.drop_neurons};
  return support::drawn_taps(batch);
}

/// What the input becomes whose value in step t, channel c is (t + 1) f(c).
template <class Values>
std::vector<double> filled(const Values& values, int n_channels, const Augmentation& change) {
  Dataset data{n_channels, {}, {}};
  const int n_steps = static_cast<int>(values.size()) / n_channels;
  data.utterances.push_back({"a", "", -1, "", n_steps, values});
  return support::gathered<double>(make_batch(data, std::vector<int>{0}, std::vector<Augmentation>{change}));
}

}  // namespace

TEST_CASE("augmentation: shifts are uniform and depend on seed, epoch and key alone") {
  const AugmentParams params{.shift_steps = 2, .shift_channels = 1};
  std::map<int, int> steps, channels;
  for (int i = 0; i < 15000; ++i) {
    const Shift shift = draw_shift(params, 9, i % 3, "key" + std::to_string(i));
    ++steps[shift.steps], ++channels[shift.channels];
  }
  CHECK(steps.size() == 5);
  CHECK(channels.size() == 3);
  CHECK(steps.begin()->first == -2);
  CHECK(channels.begin()->first == -1);
  for (const auto& [value, count] : steps) CHECK(std::abs(count - 3000) < 220);     // 4 standard deviations
  for (const auto& [value, count] : channels) CHECK(std::abs(count - 5000) < 231);  // likewise

  Dataset data{1, {}, {}};
  for (int i = 0; i < 40; ++i) data.utterances.push_back(utterance_of("key" + std::to_string(i), 1));
  const AugmentParams wide{.shift_steps = 1000, .shift_channels = 1000};
  std::vector<int> order(40);
  std::iota(order.begin(), order.end(), 0);
  const std::vector<Augmentation> forward = draw_augmentations(wide, 9, 4, data, order);
  std::reverse(order.begin(), order.end());
  std::vector<Augmentation> backward = draw_augmentations(wide, 9, 4, data, order);
  std::reverse(backward.begin(), backward.end());
  CHECK(forward == backward);
  CHECK(draw_shift(wide, 9, 4, "key0") == forward[0].shift);
  CHECK_FALSE(draw_shift(wide, 9, 5, "key0") == forward[0].shift);
  CHECK_FALSE(draw_shift(wide, 8, 4, "key0") == forward[0].shift);
  CHECK_FALSE(forward[1] == forward[0]);
  CHECK(draw_shift({}, 9, 4, "key0") == Shift{0, 0});
}

TEST_CASE("augmentation: draws are for ever what they were") {
  // tests/reference/make_reference_random.py, an independent program.
  CHECK(draw_shift({.shift_steps = 5, .shift_channels = 1}, 1, 3, "a") == Shift{-3, 1});
  CHECK(draw_shift({.shift_steps = 5, .shift_channels = 1}, 1, 3, "7_jackson_0") == Shift{-4, 1});
  const AugmentParams params{.warp = 0.1, .gain_db = 6.0, .drop_channels = 0.5, .mask_channels = 3, .mask_steps = 5};
  const Augmentation drawn = draw_augmentation(params, 1, 3, utterance_of("7_jackson_0", 20), 6);
  const std::vector<ChannelTap> taps = taps_of(params, drawn, 6, 1);
  const double stretch = 0.9361070067903068, factor = 0.8489901348184512 / 0.5;
  for (int c = 0; c < 6; ++c) {
    const ChannelTap& tap = taps[static_cast<std::size_t>(c)];
    const bool is_silent = c == 0 || c == 1 || c == 3;
    const double position = 5.0 - (5.0 - c) / stretch, below = std::floor(position), fraction = position - below;
    INFO("channel " << c);
    CHECK(tap.weight == Approx(is_silent ? 0.0 : (1.0 - fraction) * factor));
    CHECK(tap.weight_above == Approx(is_silent || c == 5 ? 0.0 : fraction * factor));
    if (!is_silent) CHECK(tap.channel == below);
  }
  CHECK(drawn.mask_begin == 8);
  CHECK(drawn.mask_end == 11);
}

TEST_CASE("augmentation: without anything but shifts there are no taps") {
  const AugmentParams shifts{.shift_steps = 3, .shift_channels = 2};
  AugmentParams more = shifts;
  more.gain_db = 1.0;
  for (int i = 0; i < 20; ++i) {
    CHECK(draw(shifts, i) == Augmentation{.shift = draw(more, i).shift, .stream = draw(more, i).stream});
    CHECK(draw(more, i).has_taps);
  }
}

// A straight line f(c) = c + 1, in steps 1 and 2 times as high: interpolation is exact, and channel c reads
// f(7 - (7 - (c - shift)) / stretch). Between channel -1 (nothing) and 0 the line falls from f(0) to 0; likewise at the top.
TEST_CASE("augmentation: channels are stretched from the last one, then shifted, zero outside") {
  constexpr int kChannels = 8;
  std::vector<float> values;
  std::vector<std::uint8_t> counts;
  for (int i = 0; i < 2 * kChannels; ++i) {
    values.push_back(static_cast<float>((i / kChannels + 1) * (i % kChannels + 1)));
    counts.push_back(static_cast<std::uint8_t>(values.back()));
  }
  const auto value_at = [](double position) {
    if (position <= -1.0 || position >= kChannels) return 0.0;
    if (position < 0.0) return 1.0 + position;
    if (position > kChannels - 1) return kChannels * (kChannels - position);
    return position + 1.0;
  };
  for (const double stretch : {0.5, 0.9, 1.0, 1.1, 1.5}) {
    for (const int shift : {-2, 0, 1}) {
      const Augmentation change{.shift = {0, shift}, .has_taps = true, .stretch = stretch};
      const std::vector<double> found = filled(values, kChannels, change);
      for (int i = 0; i < 2 * kChannels; ++i) {
        INFO("stretch " << stretch << ", shift " << shift << ", channel " << i % kChannels);
        CHECK(found[static_cast<std::size_t>(i)] ==
              Approx((i / kChannels + 1) * value_at(7.0 - (7.0 - (i % kChannels - shift)) / stretch)).margin(1e-6));
      }
      CHECK(filled(counts, kChannels, change) == found);
    }
  }
}

TEST_CASE("augmentation: taps that change nothing give the bits of none, steps shifted and masked") {
  const std::vector<float> values = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F, 0.7F, 0.8F};
  const Augmentation shifted{.shift = {1, -1}};
  Augmentation change = shifted;
  change.has_taps = true;
  CHECK(filled(values, 2, change) == filled(values, 2, shifted));
  change.mask_begin = 2, change.mask_end = 3;
  CHECK(filled(values, 2, change) == std::vector<double>{0, 0, 0.2F, 0, 0, 0, 0.6F, 0});
}

TEST_CASE("augmentation: stretch and gain are uniform, the gain in dB") {
  constexpr int kDraws = 4000;
  double sum_stretch = 0.0, sum_db = 0.0, most = 0.0, least = 2.0, loudest = -100.0;
  for (int i = 0; i < kDraws; ++i) {
    // Channel 10 of 20 reads position 19 - 9 / stretch.
    const ChannelTap tap = taps_of({}, draw({.warp = 0.2}, i))[10];
    const double stretch = 9.0 / (19.0 - tap.channel - static_cast<double>(tap.weight_above));
    sum_stretch += stretch - 1.0;
    most = std::max(most, stretch);
    least = std::min(least, stretch);
    const double db = 20.0 * std::log10(static_cast<double>(taps_of({}, draw({.gain_db = 6.0}, i))[10].weight));
    sum_db += db;
    loudest = std::max(loudest, std::abs(db));
  }
  CHECK(std::abs(sum_stretch / kDraws) < 0.2 / std::sqrt(3.0 * kDraws) * 4);  // 4 standard errors
  CHECK(std::abs(sum_db / kDraws) < 6.0 / std::sqrt(3.0 * kDraws) * 4);
  CHECK(most == Approx(1.2).margin(0.001));
  CHECK(least == Approx(0.8).margin(0.001));
  CHECK(most <= 1.2 + 1e-6);
  CHECK(loudest == Approx(6.0).margin(0.02));
  CHECK(loudest <= 6.0 + 1e-6);
}

TEST_CASE("augmentation: dropped channels are zero for the whole utterance, the others louder") {
  int n_dropped = 0;
  for (int i = 0; i < 1000; ++i) {
    const AugmentParams params{.drop_channels = 0.2};
    for (const ChannelTap& tap : taps_of(params, draw(params, i))) {
      n_dropped += tap.weight == 0.0F ? 1 : 0;
      CHECK((tap.weight == 0.0F || tap.weight == 1.25F));
    }
  }
  CHECK(std::abs(n_dropped - 4000) < 4 * std::sqrt(20000 * 0.2 * 0.8));
}

TEST_CASE("augmentation: a band of channels and a stretch of steps are masked, of any width, at any place") {
  std::map<int, int> widths, lengths;
  std::set<int> places, begins;
  for (int i = 0; i < 4000; ++i) {
    const Augmentation drawn = draw({.mask_channels = 3, .mask_steps = 4}, i, 12, 8);
    std::vector<int> silent;
    for (int c = 0; c < 8; ++c) {
      if (taps_of({}, drawn, 8)[static_cast<std::size_t>(c)].weight == 0.0F) silent.push_back(c);
    }
    ++widths[static_cast<int>(silent.size())];
    if (!silent.empty()) CHECK(silent.back() - silent.front() + 1 == static_cast<int>(silent.size()));
    places.insert(silent.begin(), silent.end());
    ++lengths[drawn.mask_end - drawn.mask_begin];
    CHECK((drawn.mask_begin >= 0 && drawn.mask_end <= 12));
    begins.insert(drawn.mask_begin);
  }
  CHECK(widths.size() == 4);
  for (const auto& [width, count] : widths) CHECK(std::abs(count - 1000) < 4 * std::sqrt(4000 * 0.25 * 0.75));
  CHECK(lengths.size() == 5);
  for (const auto& [length, count] : lengths) CHECK(std::abs(count - 800) < 4 * std::sqrt(4000 * 0.2 * 0.8));
  CHECK(places.size() == 8);
  CHECK(begins.size() == 13);
  const Augmentation short_one = draw({.mask_steps = 100}, 1, 2);  // no longer than the utterance
  CHECK(short_one.mask_end <= 2);
}

TEST_CASE("augmentation: tempos are uniform, and leave all other draws alone") {
  constexpr int kDraws = 2000;
  double sum = 0.0, most = 0.0, least = 2.0;
  for (int i = 0; i < kDraws; ++i) {
    const double tempo = double{draw({.tempo = 0.2}, i).tempo};
    sum += tempo - 1.0;
    most = std::max(most, tempo);
    least = std::min(least, tempo);
  }
  CHECK(std::abs(sum / kDraws) < 0.2 / std::sqrt(3.0 * kDraws) * 4);  // 4 standard errors
  CHECK(most == Approx(1.2).margin(0.002));
  CHECK(least == Approx(0.8).margin(0.002));
  Augmentation with = draw({.shift_steps = 2, .warp = 0.1, .mask_steps = 5, .tempo = 0.2}, 7);
  with.tempo = 1.0F;
  CHECK(with == draw({.shift_steps = 2, .warp = 0.1, .mask_steps = 5}, 7));
}

// Of lambda from Beta(a, a) the mean of lambda (1 - lambda) is a / (2 (2 a + 1)), its deviation below 0.1.
TEST_CASE("augmentation: partners are uniform, their shares Beta, and all other draws stay") {
  Dataset data{1, {}, {}};
  std::vector<int> all(4000);
  std::iota(all.begin(), all.end(), 0);
  for (const int i : all) data.utterances.push_back(utterance_of("key" + std::to_string(i), 1));
  for (const double a : {1e-320, 0.2, 1.0}) {
    double product = 0.0, place = 0.0;
    float most = 0.0F;
    for (const Augmentation& drawn : draw_augmentations({.mixup = a}, 9, 1, data, all)) {
      REQUIRE((drawn.partner >= 0 && drawn.partner < 4000 && drawn.share >= 0.0F));
      most = std::max(most, drawn.share);
      product += drawn.share * (1.0 - drawn.share) / 4000;
      place += drawn.partner / 4000.0;
    }
    CHECK(most <= 0.5F);
    CHECK(std::abs(product - a / (2.0 * (2.0 * a + 1.0))) < 4.0 * 0.1 / std::sqrt(4000.0));
    CHECK(std::abs(place / 4000 - 0.4999) < 4.0 / std::sqrt(12.0 * 4000));
  }
  std::vector<Augmentation> with =
      draw_augmentations({.shift_steps = 2, .warp = 0.1, .mixup = 0.2}, 9, 1, data, std::vector{7});
  CHECK(with[0].partner == 0);  // alone in its batch
  with[0].partner = -1, with[0].share = 0.0F;
  CHECK(with == draw_augmentations({.shift_steps = 2, .warp = 0.1}, 9, 1, data, std::vector{7}));
}

TEST_CASE("augmentation: noise has a seed of its own for each utterance and epoch, and moves nothing else") {
  const Augmentation drawn = draw({.shift_steps = 2, .noise = 0.25}, 7);
  CHECK(drawn.noise == 0.25F);
  CHECK_FALSE(drawn.has_taps);
  CHECK(drawn.shift == draw({.shift_steps = 2}, 7).shift);
  CHECK(drawn == draw({.shift_steps = 2, .noise = 0.25}, 7));
  CHECK(drawn.noise_seed != draw({.shift_steps = 2, .noise = 0.25}, 8).noise_seed);
  CHECK(draw({.shift_steps = 2}, 7).noise == 0.0F);
}

TEST_CASE("augmentation: one parameter leaves the draws of the others alone") {
  const AugmentParams warp{.shift_steps = 2, .warp = 0.1}, dropped{.shift_steps = 2, .warp = 0.1, .drop_channels = 0.5};
  CHECK(draw(dropped, 7).shift == draw(warp, 7).shift);
  const std::vector<ChannelTap> warped = taps_of(warp, draw(warp, 7)), both = taps_of(dropped, draw(dropped, 7));
  bool has_kept = false;
  for (std::size_t c = 0; c < both.size(); ++c) {
    if (both[c].weight == 0.0F) continue;
    has_kept = true;
    CHECK(both[c].weight == 2.0F * warped[c].weight);
  }
  CHECK(has_kept);
}

TEST_CASE("augmentation: versions are equally likely, by seed, epoch and key") {
  Dataset data{1, {}, {}};
  std::vector<int> indices(3000);
  std::iota(indices.begin(), indices.end(), 0);
  for (const int i : indices) data.utterances.push_back(utterance_of("key" + std::to_string(i), 1));
  CHECK(draw_versions(1, 0, data, indices) == indices);
  for (int version = 1; version < 3; ++version)
    add_version(data, Dataset{1, {}, std::vector(data.utterances.begin(), data.utterances.begin() + 3000)});
  const std::vector<int> drawn = draw_versions(1, 0, data, indices);
  std::map<int, int> counts;
  for (std::size_t i = 0; i < 3000; ++i) {
    CHECK(drawn[i] % 3000 == indices[i]);
    ++counts[drawn[i] / 3000];
  }
  CHECK(counts.size() == 3);
  for (const auto& [version, count] : counts) CHECK(std::abs(count - 1000) < 4 * std::sqrt(3000.0 * 2 / 9));
  CHECK(draw_versions(1, 0, data, std::vector<int>{5}) == std::vector<int>{drawn[5]});
  CHECK(draw_versions(2, 0, data, indices) != drawn);
  CHECK(draw_versions(1, 1, data, indices) != drawn);
}

TEST_CASE("augmentation: an utterance that is not there is refused") {
  const Dataset data{1, {}, {utterance_of("a", 1)}};
  CHECK_THROWS_AS(draw_augmentations({}, 1, 0, data, std::vector<int>{1}), std::invalid_argument);
  CHECK_THROWS_AS(draw_augmentations({}, 1, 0, data, std::vector<int>{-1}), std::invalid_argument);
}
