#include "snn/scan/draw_taps.h"

#include <catch2/catch.hpp>

#include "tests/snn/scan/run_body.h"

namespace {

/// Of utterances with those views, a row for each; where nothing is written, channel 99.
std::vector<snn::ChannelTap> draw(const std::vector<snn::UtteranceView>& utterances, int n_channels,
                                  const snn::BatchDraws& draws, int width = snn::kTileWidth) {
  const int n_batch = static_cast<int>(utterances.size());
  std::vector<snn::ChannelTap> taps(snn::area(n_batch, n_channels), {99, 1.0F, 1.0F});
  support::run_tiles(snn::DrawTaps{n_batch, n_channels, utterances.data(), draws, taps.data()}, width);
  return taps;
}

snn::UtteranceView with_taps(int row, std::uint64_t stream, double stretch = 1.0) {
  snn::UtteranceView view;
  view.taps = row;
  view.stream = stream;
  view.stretch = stretch;
  return view;
}

}  // namespace

// Channel c reads position 2 - (2 - (c - shift)) / stretch.
TEST_CASE("draw taps: channels are interpolated, zero outside, with nothing above the last") {
  CHECK(snn::stretched_tap(1, 3, 1.0, 0) == snn::ChannelTap{1, 1.0F, 0.0F});
  CHECK(snn::stretched_tap(0, 3, 1.0, 1) == snn::ChannelTap{0, 0.0F, 0.0F});  // just below channel 0
  CHECK(snn::stretched_tap(0, 3, 1.0, 2) == snn::ChannelTap{});
  CHECK(snn::stretched_tap(2, 3, 1.0, -1) == snn::ChannelTap{});
  CHECK(snn::stretched_tap(0, 3, 2.0, 0) == snn::ChannelTap{1, 1.0F, 0.0F});
  CHECK(snn::stretched_tap(1, 3, 2.0, 0) == snn::ChannelTap{1, 0.5F, 0.5F});
  CHECK(snn::stretched_tap(1, 3, 0.8, -1) == snn::ChannelTap{2, 1.0F, 0.0F});
  CHECK(snn::stretched_tap(2, 3, 2.0, -1) == snn::ChannelTap{2, 0.5F, 0.0F});
  CHECK(snn::stretched_tap(0, 3, 0.8, 0) == snn::ChannelTap{0, 0.5F, 0.0F});
}

TEST_CASE("draw taps: each utterance has its own stretch, gain and masks in its own row, one without none") {
  snn::UtteranceView plain, loud = with_taps(2, 1), masked = with_taps(0, 2, 2.0);
  loud.gain = 3.0;
  masked.mask_first = 1, masked.mask_last = 2;
  const std::vector<snn::ChannelTap> taps = draw({plain, loud, masked}, 3, {});
  const std::vector<snn::ChannelTap> wanted = {{1, 1.0F, 0.0F},  {},
                                               {2, 1.0F, 0.0F},  //
                                               {99, 1.0F, 1.0F}, {99, 1.0F, 1.0F},
                                               {99, 1.0F, 1.0F}, {0, 3.0F, 0.0F},
                                               {1, 3.0F, 0.0F},  {2, 3.0F, 0.0F}};
  CHECK(taps == wanted);
}

TEST_CASE("draw taps: a channel is dropped by its own two words of the utterance's stream") {
  const snn::BatchDraws draws{.seed = 5, .drop_channels = 0.4};
  const std::vector<snn::ChannelTap> taps = draw({with_taps(0, 7)}, 100, draws);
  snn::Rng rng(5, snn::Purpose::kAugment, 7);
  rng.uniform(), rng.uniform();  // those of stretch and gain
  int n_dropped = 0;
  for (const snn::ChannelTap& tap : taps) {
    const bool is_dropped = rng.uniform() < 0.4;
    n_dropped += is_dropped ? 1 : 0;
    CHECK(tap.weight == (is_dropped ? 0.0F : 1.0F));
  }
  CHECK(n_dropped > 20);
}

TEST_CASE("draw taps: the width of a tile changes no bit") {
  const std::vector<snn::UtteranceView> utterances = {with_taps(0, 1, 0.93), with_taps(1, 2, 1.07)};
  const snn::BatchDraws draws{.seed = 5, .drop_channels = 0.4};
  const std::vector<snn::ChannelTap> wide = draw(utterances, 135, draws);
  CHECK(draw(utterances, 135, draws, 1) == wide);
  CHECK(draw(utterances, 135, draws, 7) == wide);
}
