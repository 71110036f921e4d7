#include "frontend/lyon/front_end.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <thread>

#include "frontend/lyon/ear.h"
#include "frontend/sound/spectrum.h"
#include "tests/support/npy.h"

using ear::FrontEnd;
using ear::FrontEndParams;
using ear::Sound;

namespace {

Sound noise_sound(std::size_t n_samples, int rate_hz = 12500) {
  const support::Golden inputs(support::golden_path(support::golden_root("lyon"), "inputs"));
  const auto noise = inputs.array("noise_16k").values;
  Sound sound{{}, rate_hz, 1};
  for (std::size_t i = 0; i < n_samples; ++i) sound.samples.push_back(static_cast<float>(noise[i % noise.size()]));
  return sound;
}

FrontEndParams by_decimation(int decimation) {
  return {.n_steps = 0, .decimation = decimation};
}

FrontEndParams by_steps(int n_steps, int tail_steps = 0) {
  return {.n_steps = n_steps, .tail_steps = tail_steps};
}

float largest(const std::vector<float>& values) {
  return *std::max_element(values.begin(), values.end());
}

}  // namespace

TEST_CASE("The front end is resampling, the ear and the scale") {
  const Sound sound = noise_sound(3000, 16000);
  FrontEndParams params = by_decimation(100);
  params.scale = 3.0;
  const auto cochleagram = FrontEnd(params)(sound);
  const auto samples = ear::resample(sound.samples, 16000, 12500);
  std::vector<float> wanted(23 * 78);
  const ear::EarJob one[] = {{samples, 100, 3.0F, wanted}};
  ear::Ear(ear::design_ear({}, 12500)).hear(one);
  CHECK(cochleagram.values == wanted);
  CHECK(cochleagram.n_channels == 78);
  CHECK(cochleagram.n_steps == 23);  // 3000 samples become 2344
  CHECK(cochleagram.dt_ms == 8.0);
  CHECK(cochleagram.decimation == 100);
  CHECK(cochleagram.cropped_steps == 0);
  CHECK(cochleagram.padded_samples == 0);
}

TEST_CASE("A wanted number of steps sets the decimation, what is too many is cropped and counted") {
  const FrontEnd front_end(by_steps(100));
  struct Wanted {
    std::size_t n_samples;
    int decimation, cropped_steps;
  };
  for (const auto& [n_samples, decimation, cropped_steps] :
       std::vector<Wanted>{{100, 1, 0}, {199, 1, 99}, {200, 2, 0}, {1299, 12, 8}, {9999, 99, 1}, {10'000, 100, 0}}) {
    INFO(n_samples);
    const auto cochleagram = front_end(noise_sound(n_samples));
    CHECK(cochleagram.n_steps == 100);
    CHECK(cochleagram.values.size() == 7800);
    CHECK(cochleagram.decimation == decimation);
    CHECK(cochleagram.cropped_steps == cropped_steps);
    CHECK(cochleagram.padded_samples == 0);
    CHECK(cochleagram.warnings.size() == (decimation == 1 ? 1 : 0));
    CHECK(cochleagram.dt_ms == Approx(decimation * 0.08));
    const auto whole = FrontEnd(by_decimation(decimation))(noise_sound(n_samples)).values;
    CHECK(std::equal(cochleagram.values.begin(), cochleagram.values.end(), whole.begin()));
  }
}

TEST_CASE("A sound with fewer samples than steps is followed by silence at D = 1") {
  const auto cochleagram = FrontEnd(by_steps(100))(noise_sound(60));
  CHECK(cochleagram.n_steps == 100);
  CHECK(cochleagram.decimation == 1);
  CHECK(cochleagram.padded_samples == 40);
  CHECK_THAT(cochleagram.warnings.at(0), Catch::Contains("4.8 ms are too short for 100 steps"));
  Sound padded = noise_sound(60);
  padded.samples.resize(100);
  padded.warnings = {"passed on"};
  const auto wanted = FrontEnd(by_decimation(1))(padded);
  CHECK(cochleagram.values == wanted.values);
  CHECK(wanted.warnings == padded.warnings);  // single samples are what was asked for
}

TEST_CASE("Tail steps are silence after the sound, within a wanted number of steps or beside the decimation") {
  const auto tailed = FrontEnd(by_steps(100, 20))(noise_sound(8000));
  CHECK(tailed.decimation == 100);  // 80 steps of sound
  CHECK(tailed.n_steps == 100);
  CHECK(tailed.cropped_steps == 0);
  FrontEndParams params = by_decimation(100);
  params.tail_steps = 20;
  const auto free = FrontEnd(params)(noise_sound(8050));
  CHECK(free.n_steps == 100);
  Sound padded = noise_sound(8000);
  padded.samples.resize(10'000);
  CHECK(tailed.values == FrontEnd(by_decimation(100))(padded).values);
  const auto short_sound = FrontEnd(by_steps(100, 20))(noise_sound(50));
  CHECK(short_sound.padded_samples == 30);
  CHECK(short_sound.n_steps == 100);
}

TEST_CASE("A wanted number of channels sets the step factor") {
  FrontEndParams params;
  params.n_channels = 64;
  const FrontEnd front_end(params);
  CHECK(front_end.coeffs().n_channels == 64);
  CHECK(front_end(noise_sound(2000)).values.size() == 6400);
  params.lyon.step_factor = 0.25;
  CHECK_THROWS_WITH(FrontEnd(params), Catch::Contains("gives 78 channels, not 64"));
  params.n_channels = 78;
  CHECK_NOTHROW(FrontEnd(params));
}

TEST_CASE("A sound that gives no step is refused") {
  CHECK_THROWS_WITH(FrontEnd(by_decimation(200))(noise_sound(199)), Catch::Contains("shorter than one step of 200"));
  CHECK_NOTHROW(FrontEnd(by_decimation(200))(noise_sound(200)));
  CHECK_THROWS_WITH(FrontEnd(by_steps(100))(noise_sound(1, 44100)), Catch::Contains("shorter than one step"));
  CHECK_THROWS_WITH(FrontEnd(by_steps(100))(noise_sound(100, 0)), Catch::Contains("sample rate 0 Hz"));
  CHECK_THROWS_WITH(FrontEnd(by_steps(100))(noise_sound(100, 2'000'000'000)),
                    Catch::Contains("sample rate 2000000000 Hz"));
}

TEST_CASE("Parameters out of range are refused with the value found") {
  const auto check = [](const auto& change, const std::string& message) {
    FrontEndParams params;
    change(params);
    CHECK_THROWS_WITH(ear::validate(params), Catch::Contains(message));
    CHECK_THROWS_AS(FrontEnd(params), std::invalid_argument);
  };
  check([](auto& p) { p.sample_rate_hz = 999; }, "sample rate 999");
  check([](auto& p) { p.n_steps = -1; }, "n_steps -1");
  check([](auto& p) { p.n_steps = 0; }, "decimation 0");
  check([](auto& p) { p.n_steps = 0, p.decimation = -3; }, "decimation -3");
  check([](auto& p) { p.decimation = 5; }, "n_steps 100 and decimation 5");
  check([](auto& p) { p.tail_steps = -1; }, "tail_steps -1");
  check([](auto& p) { p.tail_steps = 100; }, "tail_steps 100");
  check([](auto& p) { p.scale = 0; }, "scale 0");
  check([](auto& p) { p.scale = std::numeric_limits<double>::infinity(); }, "scale inf");
  check([](auto& p) { p.lyon.ear_q = 0; }, "ear_q 0");
  check([](auto& p) { p.level_db = 1.0; }, "level_db 1");
  check([](auto& p) { p.level_db = -101.0; }, "level_db -101");
  FrontEndParams params;
  params.n_channels = 1;
  CHECK_THROWS_AS(FrontEnd(params), std::invalid_argument);
}

TEST_CASE("A level brings recordings of any loudness to the same cochleagram [Augment level]") {
  const Sound loud = noise_sound(3000);
  Sound soft = loud;
  for (float& sample : soft.samples) sample *= 0.03125F;  // a power of two: no bit of the samples is lost
  FrontEndParams params = by_decimation(100);
  CHECK(FrontEnd(params)(soft).values != FrontEnd(params)(loud).values);
  params.level_db = -20.0;
  const auto heard = FrontEnd(params)(loud);
  CHECK(FrontEnd(params)(soft).values == heard.values);

  // Root mean square 0.1: the samples times 0.1 / rms go through the same ear.
  double squares = 0.0;
  for (const float sample : loud.samples) squares += static_cast<double>(sample) * sample;
  const double factor = 0.1 / std::sqrt(squares / 3000.0);
  Sound by_hand = loud;
  for (float& sample : by_hand.samples) sample = static_cast<float>(sample * factor);
  params.level_db.reset();
  const auto wanted = FrontEnd(params)(by_hand);
  for (std::size_t i = 0; i < wanted.values.size(); ++i)
    CHECK(heard.values[i] == Approx(wanted.values[i]).epsilon(1e-5));

  params.level_db = -20.0;
  const auto silence = FrontEnd(params)({std::vector<float>(3000), 12500, 1});
  CHECK(largest(silence.values) == largest(FrontEnd(by_decimation(100))({std::vector<float>(3000), 12500, 1}).values));
}

TEST_CASE("The recipe stage holds every parameter, resolved, and gives them back") {
  FrontEndParams params = by_steps(50, 7);
  params.sample_rate_hz = 16000;
  params.lyon = {.ear_q = 6, .tau_factor = 2, .agc = false, .differ = true};
  params.n_channels = 60;
  params.scale = 123.5;
  const auto stage = ear::to_stage(params);
  CHECK(stage.tool == "ossicle-lyon");
  const auto back = ear::front_end_params(stage);
  CHECK(back == FrontEnd(params).params());
  CHECK(ear::to_stage(back) == stage);
  CHECK(ear::to_stage(ear::front_end_params(ear::to_stage(by_decimation(80)))) == ear::to_stage(by_decimation(80)));
  CHECK_FALSE(ear::to_stage(params) == ear::to_stage(by_steps(50, 7)));
  FrontEndParams levelled = params;
  levelled.level_db = -25.0;
  CHECK_FALSE(ear::to_stage(levelled) == stage);
  CHECK(ear::front_end_params(ear::to_stage(levelled)).level_db == -25.0);
  ear::Recipe recipe{{stage}};
  CHECK(ear::parse_recipe(ear::to_json(recipe)) == recipe);

  auto other = stage;
  other.tool = "ossicle-rebin";
  CHECK_THROWS_WITH(ear::front_end_params(other), Catch::Contains("ossicle-rebin"));
  other = stage;
  other.params.erase(other.params.begin());
  CHECK_THROWS_WITH(ear::front_end_params(other), Catch::Contains("sample_rate_hz"));
  other = stage;
  other.params.front().second = std::int64_t{1} << 40;
  CHECK_THROWS_WITH(ear::front_end_params(other), Catch::Contains("sample_rate_hz"));
}

TEST_CASE("Speech-like sound at full scale peaks near 1") {
  Sound sound{{}, 12500, 1};
  for (int n = 0; n < 6000; ++n) {  // a buzz of 120 Hz, swelling and fading
    const double phase = std::fmod(n * 120.0 / 12500.0, 1.0);
    sound.samples.push_back(static_cast<float>((0.5 - phase) * std::sin(3.14159265 * n / 6000)));
  }
  const float peak = largest(FrontEnd({})(sound).values);
  CHECK(peak > 0.2F);
  CHECK(peak < 5.0F);
}

namespace {

/// All bodies at once, each on a thread of its own.
void all_at_once(int n, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) threads.emplace_back(body, i);
  for (auto& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("Many sounds at once give what each gives alone, in order, and errors where there are some") {
  std::vector<Sound> sounds;
  for (int i = 0; i < 40; ++i) {
    const auto size = static_cast<std::size_t>(i % 9 == 5 ? 30 : 300 + (i * 997) % 2500);
    sounds.push_back(noise_sound(size, i % 4 == 0 ? 8000 : 12500));
  }
  sounds[7].sample_rate_hz = 5;
  sounds[6].samples[3] = std::numeric_limits<float>::quiet_NaN();
  sounds[9].samples.clear();
  for (const FrontEndParams& params : {by_steps(40, 4), by_decimation(60)}) {
    for (const auto& [isa, kernel] : ear::usable_isas()) {
      const FrontEnd front_end(params, isa);
      const auto all = front_end.hear(sounds, all_at_once);
      REQUIRE(all.size() == sounds.size());
      for (std::size_t i = 0; i < all.size(); ++i) {
        INFO(isa << ", sound " << i);
        if (!all[i].cochleagram) {
          CHECK_THROWS_WITH(front_end(sounds[i]), Catch::Equals(all[i].error));
          continue;
        }
        const auto alone = front_end(sounds[i]);
        CHECK(all[i].error.empty());
        CHECK(all[i].cochleagram->values == alone.values);
        CHECK(all[i].cochleagram->decimation == alone.decimation);
        CHECK(all[i].cochleagram->padded_samples == alone.padded_samples);
      }
      CHECK_THAT(all[7].error, Catch::Contains("sample rate 5"));
      CHECK_THAT(all[6].error, Catch::Contains("sample 3 is not finite"));
      CHECK_THAT(all[9].error, Catch::Contains("0 samples"));
      CHECK(all[10].cochleagram.has_value());
    }
  }
  CHECK(FrontEnd(by_steps(10)).hear({}, all_at_once).empty());
}

TEST_CASE("What a sound takes is told beforehand") {
  CHECK(FrontEnd(by_steps(100)).n_bytes(5000) == 4.0 * (10'000 + 7800));
  FrontEndParams params = by_decimation(50);
  params.tail_steps = 10;
  CHECK(FrontEnd(params).n_bytes(5000) == 4.0 * (10'000 + 110 * 78));
}

TEST_CASE("The instruction set of the ear can be pinned, one that the machine lacks is refused") {
  for (const auto& [isa, kernel] : ear::usable_isas()) CHECK(FrontEnd({}, isa).ear().isa() == isa);
  CHECK(FrontEnd({}).ear().isa() == ear::usable_isas().back().name);
  CHECK(FrontEnd({}, "").ear().isa() == ear::usable_isas().back().name);
  CHECK_THROWS_AS(FrontEnd({}, "sse9"), std::invalid_argument);
  CHECK_THROWS_WITH(FrontEnd({}, "sse9"), Catch::Contains("'sse9'") && Catch::Contains("baseline"));
}

TEST_CASE("Threads that share a front end get the bits of one") {
  const FrontEnd front_end(by_steps(100));
  const Sound sound = noise_sound(4000, 8000);
  const auto alone = front_end(sound).values;
  std::vector<std::vector<float>> results(6);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = front_end(sound).values; });
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) CHECK(result == alone);
}
