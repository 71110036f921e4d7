// Steps worked out by hand, the edges of bins, and what must hold for any events.
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "frontend/events/rebin.h"

using Catch::Contains;
using Bits = std::vector<std::uint8_t>;
using Counts = std::vector<std::uint16_t>;

namespace {

ear::EventRecord record(std::vector<double> times_s, std::vector<std::uint32_t> channels, double duration_s = 0.0) {
  ear::EventRecord events;
  events.key = "a";
  events.times_s = std::move(times_s);
  events.channels = std::move(channels);
  events.duration_s = duration_s;
  return events;
}

ear::EventRecord random_record(unsigned seed, int n_events, int n_channels) {
  std::mt19937 random(seed);
  ear::EventRecord events;
  for (int e = 0; e < n_events; ++e) {
    events.times_s.push_back(static_cast<double>(random() % 900'000) * 1e-6);
    events.channels.push_back(static_cast<std::uint32_t>(random() % static_cast<unsigned>(n_channels)));
  }
  std::sort(events.times_s.begin(), events.times_s.end());
  return events;
}

Bits bits(const ear::Binned& binned) {
  return std::get<Bits>(binned.data);
}

Counts counts(const ear::Binned& binned) {
  return std::get<Counts>(binned.data);
}

long long total(const Counts& cells) {
  return std::accumulate(cells.begin(), cells.end(), 0LL);
}

}  // namespace

TEST_CASE("rebin: two channels in bins of 3 ms, worked out by hand") {
  // 0 | 3 | 6 | 9 ms: channel 0 at 0, 1 and 7 ms, channel 1 at 2.999, 3 and 8.9 ms.
  const auto events = record({0.0, 0.001, 0.002999, 0.003, 0.007, 0.0089}, {0, 0, 1, 1, 0, 1});
  const auto raster = ear::rebin(events, 2, {});
  CHECK(raster.n_steps == 3);
  CHECK(raster.dt_ms == 3.0);
  CHECK(bits(raster) == Bits{1, 1, 0, 1, 1, 1});
  CHECK(counts(ear::rebin(events, 2, {.counts = true})) == Counts{2, 1, 0, 1, 1, 1});
  CHECK_FALSE(raster.silent);
  CHECK(raster.dropped_events == 0);
}

TEST_CASE("rebin: bins start at 0 and not at the first event, and silence at the end is kept") {
  const auto raster = ear::rebin(record({0.0061}, {0}, 0.011), 1, {});
  CHECK(bits(raster) == Bits{0, 0, 1, 0});
  CHECK(ear::rebin(record({0.0061}, {0}, 0.012), 1, {}).n_steps == 4);
  CHECK(ear::rebin(record({0.0061}, {0}, 0.01201), 1, {}).n_steps == 5);
  CHECK(ear::rebin(record({0.0061}, {0}, 0.002), 1, {}).n_steps == 3);
  CHECK(ear::rebin(record({0.9}, {0}, 0.9), 1, {}).n_steps == 301);
  CHECK(ear::rebin(record({0.5}, {0}, 0.9), 1, {}).n_steps == 300);
}

TEST_CASE("rebin: a time written as a multiple of the width begins its bin, for many widths") {
  for (const double bin_ms : {0.001, 0.1, 0.3, 1.0, 3.0, 3.3, 7.0, 10.0}) {
    const double width_s = bin_ms / 1000.0;
    for (int k = 0; k < 20'000; ++k) {
      // As a decimal number is read: the nearest double to k * bin_ms / 1000, of up to 1e-7 s.
      const double time_s = std::round(k * bin_ms * 1e4) / 1e7;
      if (ear::bin_of(time_s, width_s) != k)
        FAIL("bin " << ear::bin_of(time_s, width_s) << " of " << time_s << ", not " << k);
      if (ear::bins_covering(time_s, width_s) != k) FAIL(time_s << " s need " << ear::bins_covering(time_s, width_s));
      // A sum or product of rounded numbers is off by more.
      if (ear::bin_of(k * width_s, width_s) != k) FAIL("multiple " << k);
    }
  }
}

TEST_CASE("rebin: the guard at an edge is a billionth and no more") {
  // A microsecond before the edge is before it, up to the longest usual recordings; a double's rounding is not.
  CHECK(ear::bin_of(0.899999, 0.003) == 299);
  CHECK(ear::bin_of(599.999999, 0.003) == 199'999);
  CHECK(ear::bin_of(std::nextafter(0.003, 0.0), 0.003) == 1);
  CHECK(ear::bin_of(0.003 * (1.0 - 2e-9), 0.003) == 0);
  CHECK(ear::bin_of(0.003 * (1.0 - 0.5e-9), 0.003) == 1);
  CHECK(ear::bins_covering(0.003 * (1.0 + 2e-9), 0.003) == 2);
  CHECK(ear::bins_covering(0.003 * (1.0 + 0.5e-9), 0.003) == 1);
}

TEST_CASE("rebin: stretched, the last event falls into the last step and the width follows the length") {
  const auto raster = ear::rebin(record({0.0, 0.05, 0.099, 0.1}, {0, 0, 0, 0}), 1, {.n_steps = 4});
  CHECK(raster.n_steps == 4);
  CHECK(raster.dt_ms == Approx(25.0).epsilon(1e-15));
  CHECK(bits(raster) == Bits{1, 0, 1, 1});
  // The duration is longer than the last event: 0.2 s in 4 steps of 50 ms.
  CHECK(bits(ear::rebin(record({0.0, 0.05, 0.1}, {0, 0, 0}, 0.2), 1, {.n_steps = 4})) == Bits{1, 1, 1, 0});
  // An event beyond the duration makes the recording longer.
  CHECK(ear::rebin(record({0.0, 0.4}, {0, 0}, 0.2), 1, {.n_steps = 4}).dt_ms == Approx(100.0).epsilon(1e-15));
  for (int n_steps = 1; n_steps < 2000; ++n_steps) {
    const auto one = ear::rebin(record({0.0, 0.777}, {0, 0}), 1, {.n_steps = n_steps});
    if (bits(one).back() != 1 || one.n_steps != n_steps) FAIL(n_steps);
  }
}

TEST_CASE("rebin: what lies beyond max_steps is dropped and counted") {
  const auto events = record({0.0, 0.005, 0.006, 0.02}, {0, 1, 1, 0});
  const auto raster = ear::rebin(events, 2, {.max_steps = 2});
  CHECK(raster.n_steps == 2);
  CHECK(bits(raster) == Bits{1, 0, 0, 1});
  CHECK(raster.dropped_events == 2);
  CHECK(ear::rebin(events, 2, {.max_steps = 7}).n_steps == 7);
  CHECK(ear::rebin(events, 2, {.max_steps = 7}).dropped_events == 0);
  CHECK(ear::rebin(events, 2, {.max_steps = 100}).n_steps == 7);
  const auto late = ear::rebin(record({0.5}, {0}), 1, {.max_steps = 2});
  CHECK(late.silent);
  CHECK(late.dropped_events == 1);
}

TEST_CASE("rebin: neighbours are merged, channel c of C to floor(c N / C)") {
  const auto events = record({0, 0, 0, 0, 0}, {0, 1, 2, 3, 4});
  CHECK(counts(ear::rebin(events, 5, {.n_channels = 2, .counts = true})) == Counts{3, 2});
  CHECK(counts(ear::rebin(events, 5, {.n_channels = 1, .counts = true})) == Counts{5});
  CHECK(counts(ear::rebin(events, 5, {.n_channels = 5, .counts = true})) == Counts{1, 1, 1, 1, 1});
  CHECK(bits(ear::rebin(events, 5, {.n_channels = 2})) == Bits{1, 1});
  CHECK_THROWS_WITH(ear::rebin(events, 5, {.n_channels = 6}), Contains("6 channels wanted of 5"));
  CHECK(ear::rebinned_channels(64, {}) == 64);
  CHECK(ear::rebinned_channels(64, {.n_channels = 16}) == 16);
}

TEST_CASE("rebin: fixed, every recording has so many steps, cropped or followed by silence") {
  // 3 | 6 | 9 ms: events at 1, 4 and 10 ms.
  const auto events = record({0.001, 0.004, 0.010}, {0, 1, 1});
  const auto cropped = ear::rebin(events, 2, {.fixed_steps = 2});
  CHECK(bits(cropped) == Bits{1, 0, 0, 1});
  CHECK(cropped.dropped_events == 1);
  const auto padded = ear::rebin(events, 2, {.fixed_steps = 6});
  CHECK(padded.n_steps == 6);
  CHECK(padded.dt_ms == 3.0);
  CHECK(padded.dropped_events == 0);
  CHECK(bits(padded) == Bits{1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0});
  CHECK(counts(ear::rebin(events, 2, {.fixed_steps = 1, .counts = true})) == Counts{1, 0});
  // A known duration changes nothing, be it shorter or longer.
  CHECK(bits(ear::rebin(record({0.001}, {0}, 0.002), 1, {.fixed_steps = 3})) == Bits{1, 0, 0});
  CHECK(bits(ear::rebin(record({0.001}, {0}, 0.02), 1, {.fixed_steps = 3})) == Bits{1, 0, 0});
  CHECK(ear::rebin(record({0.5}, {0}), 1, {.fixed_steps = 3}).silent);
  CHECK_THROWS_WITH(ear::rebin(record({}, {}), 1, {.fixed_steps = 3}), Contains("not known"));
  CHECK_THROWS_WITH(ear::rebin(record({3600.1}, {0}), 1, {.fixed_steps = 3}), Contains("longer than an hour"));
}

TEST_CASE("rebin: counts stop at 65,535 and say how many they left out") {
  ear::EventRecord events;
  events.times_s.assign(65'537, 0.001);
  events.channels.assign(65'537, 0);
  const auto binned = ear::rebin(events, 1, {.counts = true});
  CHECK(counts(binned) == Counts{65'535});
  CHECK(binned.saturated_events == 2);
  events.times_s.resize(65'535);
  events.channels.resize(65'535);
  CHECK(ear::rebin(events, 1, {.counts = true}).saturated_events == 0);
}

TEST_CASE("rebin: a recording without events is silence if its duration is known, else an error") {
  const auto silence = ear::rebin(record({}, {}, 0.01), 2, {});
  CHECK(silence.silent);
  CHECK(bits(silence) == Bits(8, 0));
  CHECK(ear::rebin(record({}, {}, 0.01), 2, {.n_steps = 5}).dt_ms == Approx(2.0).epsilon(1e-15));
  CHECK_THROWS_WITH(ear::rebin(record({}, {}), 2, {}), Contains("no events") && Contains("not known"));
  CHECK_THROWS_WITH(ear::rebin(record({0.0}, {0}), 1, {.n_steps = 5}), Contains("no length to stretch"));
  CHECK(ear::rebin(record({0.0}, {0}), 1, {}).n_steps == 1);
}

TEST_CASE("rebin: more than an hour, and arrays beyond the limit, are errors before memory is taken") {
  CHECK(ear::rebin(record({3600.0}, {0}), 1, {.bin_ms = 1000.0}).n_steps == 3601);
  CHECK_THROWS_WITH(ear::rebin(record({3600.1}, {0}), 1, {}), Contains("longer than an hour") && Contains("unit"));
  CHECK_THROWS_WITH(ear::rebin(record({0.1}, {0}, 4000), 1, {.n_steps = 3}), Contains("4000 s"));
  CHECK_THROWS_WITH(ear::rebin(record({3599.0}, {0}), 1, {.bin_ms = 1e-6}), Contains("bytes") && Contains("unit"));
  CHECK_THROWS_WITH(ear::rebin(record({1100.0}, {0}), 1000, {.bin_ms = 1}), Contains("1100001 steps of 1000 channels"));
  // Cropped, it fits; as counts, half as many do.
  CHECK(ear::rebin(record({1100.0}, {0}), 1000, {.bin_ms = 1, .max_steps = 10}).n_steps == 10);
  CHECK_THROWS_WITH(ear::rebin(record({600.0}, {0}), 1000, {.bin_ms = 1, .counts = true}), Contains("bytes"));
}

TEST_CASE("rebin: steps narrower than the times are known are marked") {
  auto events = record({0.0005, 0.0015}, {0, 0}, 0.003);
  events.resolution_s = 0.001;
  CHECK(ear::rebin(events, 1, {.bin_ms = 0.5}).finer);
  CHECK_FALSE(ear::rebin(events, 1, {.bin_ms = 1.0}).finer);
  CHECK_FALSE(ear::rebin(events, 1, {.n_steps = 3}).finer);
  CHECK(ear::rebin(events, 1, {.n_steps = 4}).finer);
}

TEST_CASE("rebin: events that break their promises are the caller's mistake") {
  CHECK_THROWS_AS(ear::rebin(record({0.1}, {}), 1, {}), std::invalid_argument);
  CHECK_THROWS_WITH(ear::rebin(record({0.1, 0.2}, {0, 1}), 1, {}), Contains("event 1: channel 1 is not in 0 to 0"));
  CHECK_THROWS_WITH(ear::rebin(record({0.2, 0.1}, {0, 0}), 1, {}), Contains("decrease"));
  CHECK_THROWS_AS(ear::rebin(record({-0.1}, {0}), 1, {}), std::invalid_argument);
  CHECK_THROWS_AS(ear::rebin(record({std::nan("")}, {0}), 1, {}), std::invalid_argument);
  CHECK_THROWS_AS(ear::rebin(record({0.1}, {0}, -1.0), 1, {}), std::invalid_argument);
  CHECK_THROWS_AS(ear::rebin(record({0.1}, {0}), 0, {}), std::invalid_argument);
}

TEST_CASE("rebin: every parameter out of range is named") {
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.bin_ms = 0}), Contains("bin_ms 0: wanted"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.bin_ms = -3}), Contains("bin_ms"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.bin_ms = std::nan("")}), Contains("bin_ms"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.bin_ms = 4e6}), Contains("bin_ms"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.n_steps = -1}), Contains("n_steps -1"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.max_steps = -1}), Contains("max_steps -1"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.n_steps = 5, .max_steps = 3}), Contains("set one of them"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.n_steps = 5, .fixed_steps = 3}), Contains("set one of them"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.max_steps = 5, .fixed_steps = 3}), Contains("fixed_steps 3: set"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.fixed_steps = 0}), Contains("fixed_steps 0: wanted 1 to 1000000"));
  CHECK_THROWS_WITH(ear::validate(ear::RebinParams{.n_channels = -1}), Contains("n_channels -1"));
}

TEST_CASE("rebin: counts hold every event, a raster is where they are not 0, wide bins are sums of narrow ones") {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const auto events = random_record(seed, 3000, 64);
    const auto fine = counts(ear::rebin(events, 64, {.bin_ms = 1, .counts = true}));
    const auto wide = counts(ear::rebin(events, 64, {.bin_ms = 3, .counts = true}));
    const auto raster = bits(ear::rebin(events, 64, {.bin_ms = 3}));
    const auto merged = counts(ear::rebin(events, 64, {.bin_ms = 3, .n_channels = 16, .counts = true}));
    CHECK(total(fine) == 3000);
    Counts sum(wide.size());
    for (std::size_t i = 0; i < fine.size(); ++i) {
      auto& cell = sum.at(i / 64 / 3 * 64 + i % 64);
      cell = static_cast<std::uint16_t>(cell + fine[i]);
    }
    CHECK(sum == wide);
    Counts merged_sum(merged.size());
    bool as_raster = raster.size() == wide.size();
    for (std::size_t i = 0; i < wide.size(); ++i) {
      auto& cell = merged_sum.at(i / 64 * 16 + i % 64 / 4);
      cell = static_cast<std::uint16_t>(cell + wide[i]);
      as_raster = as_raster && raster[i] == (wide[i] > 0 ? 1 : 0);
    }
    CHECK(merged_sum == merged);
    CHECK(as_raster);
  }
}

TEST_CASE("rebin: a stage is there and back, and another tool's is refused") {
  const ear::RebinParams wide{.bin_ms = 5.0, .max_steps = 200, .n_channels = 16, .counts = true};
  const auto stage = ear::to_stage(wide, 64);
  CHECK(stage.tool == "ossicle-rebin");
  CHECK(ear::get<std::int64_t>(stage, "input_channels") == 64);
  CHECK(ear::rebin_params(stage) == wide);
  const auto stretched = ear::to_stage({.n_steps = 100}, 700);
  CHECK(ear::get<double>(stretched, "bin_ms") == 0.0);
  CHECK(ear::get<std::int64_t>(stretched, "n_channels") == 700);
  CHECK(ear::to_stage(ear::rebin_params(stretched), 700) == stretched);
  CHECK(ear::find(stretched, "fixed_steps") == nullptr);  // as in recipes from before it existed
  const ear::RebinParams fixed{.fixed_steps = 300, .n_channels = 64};
  CHECK(ear::get<std::int64_t>(ear::to_stage(fixed, 64), "fixed_steps") == 300);
  CHECK(ear::rebin_params(ear::to_stage(fixed, 64)) == fixed);

  CHECK_THROWS_WITH(ear::rebin_params({"ossicle-lyon", {}}), Contains("wanted ossicle-rebin"));
  CHECK_THROWS_WITH(ear::rebin_params({"ossicle-rebin", {}}), Contains("no parameter n_channels"));
  auto bad = stage;
  bad.params[1].second = std::int64_t{65};
  CHECK_THROWS_WITH(ear::rebin_params(bad), Contains("65 channels wanted of 64"));
  bad.params[1].second = std::int64_t{-1};
  CHECK_THROWS_WITH(ear::rebin_params(bad), Contains("n_channels -1 is out of range"));
}
