#include "snn/scan/gather_batch.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace {

/// What the body makes of utterances of that many steps, [rows][C].
std::vector<float> gather(const std::vector<snn::UtteranceView>& utterances, const std::vector<int>& row_begin,
                          int n_channels, float factor, int width, const std::vector<snn::ChannelTap>& taps = {}) {
  const snn::Shape shape{row_begin.back(), static_cast<int>(utterances.size()), n_channels};
  std::vector<float> x(shape.size(), NAN);
  support::run_tiles(snn::GatherBatch<float>{.shape = shape,
                                             .row_begin = row_begin.data(),
                                             .utterances = utterances.data(),
                                             .taps = taps.data(),
                                             .factor = factor,
                                             .x = x.data()},
                     width);
  return support::packed(x, n_channels);
}

}  // namespace

TEST_CASE("gather: every type, one behind the other, times the factor, without values zeros") {
  const std::vector<float> a = {1.0F, 2.0F};
  const std::vector<double> b = {3.0, 4.0, 5.0, 6.0};
  const std::vector<std::uint8_t> c = {0, 255};
  const std::vector<std::uint16_t> d = {65535, 1};
  const std::vector<snn::UtteranceView> views = {{a.data(), snn::ValueType::kFloat, 0, 0},
                                                 {b.data(), snn::ValueType::kDouble, 0, 0},
                                                 {nullptr, snn::ValueType::kFloat, 0, 0},
                                                 {c.data(), snn::ValueType::kUint8, 0, 0},
                                                 {d.data(), snn::ValueType::kUint16, 0, 0}};
  for (const int width : {1, 7, 64}) {
    CHECK(gather(views, {0, 1, 3, 4, 5, 6}, 2, 0.5F, width) ==
          std::vector<float>{0.5F, 1.0F, 1.5F, 2.0F, 2.5F, 3.0F, 0.0F, 0.0F, 0.0F, 127.5F, 32767.5F, 0.5F});
  }
}

// Element (t, c) is what was at (t - steps, c - channels), or zero.
TEST_CASE("gather: shifts move later and to higher channels, and zeros move in") {
  const int n_steps = GENERATE(5, 16, 37), n_channels = 70;
  std::vector<std::uint16_t> values(static_cast<std::size_t>(n_steps * n_channels));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint16_t>(i + 1);
  for (const int steps : {-7, -5, -2, 0, 3, 5, 9}) {
    for (const int channels : {-100, -70, -1, 0, 3, 70, 200}) {
      std::vector<float> wanted;
      for (int t = 0; t < n_steps; ++t) {
        for (int c = 0; c < n_channels; ++c) {
          const int from = t - steps, channel = c - channels;
          const bool inside = from >= 0 && from < n_steps && channel >= 0 && channel < n_channels;
          wanted.push_back(inside ? values[static_cast<std::size_t>(from * n_channels + channel)] : 0.0F);
        }
      }
      INFO("shift " << steps << ", " << channels);
      for (const int width : {1, 7, 64}) {
        CHECK(gather({{values.data(), snn::ValueType::kUint16, steps, channels}}, {0, n_steps}, n_channels, 1.0F,
                     width) == wanted);
      }
    }
  }
}

// Element (t, c) is weight times what was at (t - steps, channel of the tap) and weight_above times its neighbour above.
TEST_CASE("gather: an utterance with taps takes its channels from them, and is zero in masked steps") {
  const int n_steps = GENERATE(5, 16, 37), n_channels = 70;
  std::vector<std::uint16_t> values(static_cast<std::size_t>(2 * n_steps * n_channels));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint16_t>(i * i % 1009);
  std::vector<snn::ChannelTap> taps(static_cast<std::size_t>(2 * n_channels), {3, 9.0F, 9.0F});  // of another utterance
  for (int c = 0; c < n_channels; ++c) {
    taps[static_cast<std::size_t>(n_channels + c)] = {(c * 13) % n_channels, 0.25F * static_cast<float>(c % 5),
                                                      (c * 13) % n_channels == n_channels - 1 ? 0.0F : 0.5F};
  }
  const auto value = [&](int t, int c) {
    return static_cast<float>(values[static_cast<std::size_t>(t * n_channels + c)]);
  };
  for (const int steps : {-2, 0, 3, 50}) {
    std::vector<float> wanted;
    for (int t = 0; t < 2 * n_steps; ++t) {
      for (int c = 0; c < n_channels; ++c) {
        const snn::ChannelTap& tap = taps[static_cast<std::size_t>(n_channels + c)];
        const int from = t - steps, above = std::min(tap.channel + 1, n_channels - 1);
        const bool inside = from >= 0 && from < n_steps && (t < 1 || t >= 4);
        if (t >= n_steps) wanted.push_back(2.0F * value(t, c));
        if (t < n_steps)
          wanted.push_back(
              inside ? 2.0F * (tap.weight * value(from, tap.channel) + tap.weight_above * value(from, above)) : 0.0F);
      }
    }
    for (const int width : {1, 7, 64}) {
      CHECK(gather({{values.data(), snn::ValueType::kUint16, steps, 99, 1, 1, 4},
                    {values.data() + n_steps * n_channels, snn::ValueType::kUint16, 0, 0}},
                   {0, n_steps, 2 * n_steps}, n_channels, 2.0F, width, taps) == wanted);
    }
  }
}

TEST_CASE("gather: interpolation is the weighted sum of two neighbours, the highest channel's is its own") {
  CHECK(snn::interpolated(3.0, 5.0, 0.25, 0.75) == 4.5);
  CHECK(snn::channel_above({4, 1.0F, 0.0F}, 6) == 5);
  CHECK(snn::channel_above({5, 1.0F, 0.0F}, 6) == 5);
}

// Position (t - steps - middle) tempo + middle, between two steps; nothing before the first, silence behind the last.
TEST_CASE("gather: at another tempo steps are read about the middle, between two of them", "[Ossicle tempo]") {
  const int n_steps = 9, n_channels = 70;
  std::vector<float> values(static_cast<std::size_t>(n_steps * n_channels));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * i % 1009) * 0.125F;
  std::vector<snn::ChannelTap> taps;
  for (int c = 0; c < n_channels; ++c) taps.push_back({c, 1.0F, 0.0F});
  for (const float tempo : {0.75F, 1.0F, 1.25F}) {
    for (const int steps : {-1, 0, 2}) {
      std::vector<float> wanted;
      for (int t = 0; t < n_steps; ++t) {
        const float position = (static_cast<float>(t - steps) - 4.0F) * tempo + 4.0F, below = std::floor(position);
        for (int c = 0; c < n_channels; ++c) {
          const auto value = [&](float step) {
            return step >= n_steps ? 0.0F
                                   : values[static_cast<std::size_t>(step) * n_channels + static_cast<std::size_t>(c)];
          };
          const bool inside = below >= 0.0F && below < n_steps && t != 3;
          wanted.push_back(inside ? 2.0F * value(below) +
                                        (position - below) * (2.0F * value(below + 1.0F) - 2.0F * value(below))
                                  : 0.0F);
        }
      }
      for (const int width : {1, 7, 64}) {
        CHECK(gather({{values.data(), snn::ValueType::kFloat, steps, 99, 0, 3, 4, tempo}}, {0, n_steps}, n_channels,
                     2.0F, width, taps) == wanted);
      }
    }
  }
}
