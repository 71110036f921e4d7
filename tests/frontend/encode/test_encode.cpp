// Encoders as maps of streams: headers, records, signal-to-noise ratio.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "frontend/encode/encode.h"
#include "frontend/stream/rules.h"
#include "tests/frontend/encode/signals.h"

using Catch::Contains;
using ear::StreamEncoder;

namespace {

ear::Header cochleagrams(int n_channels = 6) {
  ear::Header header;
  header.n_channels = n_channels;
  header.classes = {"one", "two"};
  header.dt_ms = 16.0;
  header.recipe.stages = {{"ossicle-lyon", {{"sample_rate_hz", std::int64_t{12500}}}}};
  header.made_by = {{"ossicle-lyon", "0"}};
  return header;
}

ear::Record record() {
  return {.key = "k",
          .label = "one",
          .sequence = {},
          .speaker = "s",
          .n_steps = 50,
          .dt_ms = 16.0,
          .decimation = 200,
          .data = signals::waves(50, 6)};
}

const ear::EncodeParams kMethods[] = {ear::BsaParams{.steps = {.hold = 10}},
                                      ear::LevelCrossingParams{.delta = 0.1, .steps = {.hold = 5}},
                                      ear::LifEncoderParams{}, ear::PoissonParams{}};

}  // namespace

TEST_CASE("encoder: what comes out is a stream that the format takes") {
  for (const auto& params : kMethods) {
    const auto encoder = StreamEncoder::encoder(cochleagrams(), params);
    const auto made = encoder(record());
    INFO(ear::method_name(params));
    CHECK_NOTHROW(ear::check_header(encoder.output()));
    CHECK_NOTHROW(ear::check_record(encoder.output(), made));
    const int hold = ear::steps_of(params).hold;
    CHECK(encoder.output().kind == ear::Kind::kRaster);
    CHECK(encoder.output().n_channels == (std::holds_alternative<ear::LevelCrossingParams>(params) ? 12 : 6));
    CHECK(encoder.output().dt_ms == 16.0 / hold);
    CHECK(encoder.output().recipe.stages.at(1) == ear::to_stage(params));
    CHECK(made.n_steps == 50 * hold);
    CHECK(made.dt_ms == 16.0 / hold);
    CHECK(made.decimation == 200 / hold);
    CHECK(made.key + made.label + made.speaker == "kones");
    CHECK(signals::count(std::get<std::vector<std::uint8_t>>(made.data)) > 0);
  }
}

TEST_CASE("encoder: there and back keeps shape, duration and decimation") {
  for (const auto& params : kMethods) {
    if (!ear::has_decoder(params)) continue;
    const auto encoder = StreamEncoder::encoder(cochleagrams(), params);
    const auto decoder = StreamEncoder::decoder(encoder.output());
    ear::Record original = record();
    const auto found = decoder(encoder(original));
    CHECK_NOTHROW(ear::check_record(decoder.output(), found));
    CHECK(decoder.output().n_channels == 6);
    CHECK(decoder.output().dt_ms == 16.0);
    CHECK(ear::is_decode_stage(decoder.output().recipe.stages.back()));
    CHECK(found.n_steps == 50);
    CHECK(found.decimation == 200);
    CHECK(ear::snr_db(std::get<std::vector<float>>(original.data), std::get<std::vector<float>>(found.data)).value() >
          10);
    // 54 samples are no ten whole steps; the ear's rate says them again.
    original.decimation = 54;
    original.dt_ms = 4.32;
    ear::Header any = cochleagrams();
    any.dt_ms = std::nullopt;
    const auto free_encoder = StreamEncoder::encoder(any, ear::BsaParams{.steps = {.hold = 10}});
    CHECK(free_encoder(original).decimation == 1);
    CHECK(StreamEncoder::decoder(free_encoder.output())(free_encoder(original)).decimation == 54);
  }
}

TEST_CASE("encoder: a recipe's stages run as the tool ran them") {
  const auto encoder = StreamEncoder::encoder(cochleagrams(), ear::PoissonParams{.seed = 5});
  const auto again = StreamEncoder::of_stage(cochleagrams(), encoder.output().recipe.stages.back());
  CHECK(again(record()).data == encoder(record()).data);
  const auto bsa = StreamEncoder::encoder(cochleagrams(), ear::BsaParams{});
  const auto decoder = StreamEncoder::of_stage(bsa.output(), ear::decode_stage());
  CHECK(decoder(bsa(record())).data == StreamEncoder::decoder(bsa.output())(bsa(record())).data);
}

TEST_CASE("encoder: streams of another kind or recipe are refused") {
  ear::Header header = cochleagrams();
  CHECK_THROWS_WITH(StreamEncoder::decoder(header), Contains("kind cochleagram, wanted raster"));
  header.kind = ear::Kind::kRaster;
  CHECK_THROWS_WITH(StreamEncoder::encoder(header, ear::BsaParams{}), Contains("kind raster, wanted cochleagram"));
  CHECK_THROWS_WITH(StreamEncoder::decoder(header), Contains("ossicle-lyon"));
  header.recipe.stages = {ear::to_stage(ear::LifEncoderParams{})};
  CHECK_THROWS_WITH(StreamEncoder::decoder(header), Contains("method lif have no decoder"));
  header.recipe.stages = {ear::to_stage(ear::LevelCrossingParams{})};
  header.n_channels = 5;
  CHECK_THROWS_WITH(StreamEncoder::decoder(header), Contains("5 channels"));
  header.recipe.stages.clear();
  CHECK_THROWS_WITH(StreamEncoder::decoder(header), Contains("empty"));
  CHECK_THROWS_AS(StreamEncoder::encoder(cochleagrams(), ear::BsaParams{.taps = 0}), std::invalid_argument);
}

TEST_CASE("encoder: subnormal numbers count as 0, whoever calls") {
  ear::Record tiny = record();
  tiny.data = std::vector<float>(300, 1e-39F);
  // At this gain the potential would pass the threshold at once.
  const auto encoder = StreamEncoder::encoder(cochleagrams(), ear::LifEncoderParams{.gain = 1e45});
  CHECK(signals::count(std::get<std::vector<std::uint8_t>>(encoder(tiny).data)) == 0);
}

TEST_CASE("signal-to-noise ratio: by hand") {
  const std::vector<float> wanted = {3, 4, 0}, found = {3, 3.5F, 0};
  CHECK(ear::snr_db(wanted, found).value() == Approx(20.0));  // 25 / 0.25
  CHECK(ear::snr_db(wanted, std::vector<float>{3}).value() == Approx(10 * std::log10(25.0 / 16.0)));
  CHECK(ear::snr_db(wanted, wanted) == std::numeric_limits<double>::infinity());
  CHECK_FALSE(ear::snr_db(std::vector<float>(3), found));
}
