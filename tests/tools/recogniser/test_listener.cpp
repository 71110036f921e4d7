// Words out of a signal: what they are called must be what the recogniser calls the part that was cut out.
#include "tools/recogniser/listener.h"

#include <malloc.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "tests/tools/recogniser/models.h"

using ossicle::Heard;
using ossicle::Listener;
using ossicle::ListenerParams;

namespace {

constexpr int kRate_hz = 16000;

/// Silence with sweeps of half a second from 1.005 s and from 2.505 s on: half a step of the listener's grid behind it.
std::vector<float> signal() {
  std::vector<float> samples(4 * kRate_hz);
  const ear::Sound sweep = support::sweep(kRate_hz);
  for (const int begin : {kRate_hz, kRate_hz * 5 / 2}) std::ranges::copy(sweep.samples, samples.begin() + begin + 80);
  return samples;
}

std::vector<Heard> hear(const ossicle::Recogniser& recogniser, const ListenerParams& params,
                        std::span<const float> samples, const std::vector<std::size_t>& blocks) {
  Listener listener(recogniser, params, kRate_hz);
  std::vector<Heard> heard;
  for (std::size_t i = 0; !samples.empty(); ++i) {
    const std::size_t n = std::min(samples.size(), blocks[i % blocks.size()]);
    listener.push(samples.first(n), heard);
    samples = samples.subspan(n);
  }
  listener.finish(heard);
  return heard;
}

std::string text(const std::vector<Heard>& all) {
  std::string text;
  for (const Heard& each : all) {
    text += std::to_string(each.is_final) + " " + std::to_string(each.begin_s) + " " + std::to_string(each.end_s) +
            " " + std::to_string(each.known_s);
    for (const auto& answer : each.answers) text += " " + answer.label + " " + std::to_string(answer.score);
    text += each.error + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("A listener names the words that its segmenter cuts out, soon after they end") {
  const ossicle::Recogniser recogniser(support::model_of(support::stretched()));
  const std::vector<float> samples = signal();
  const std::vector<Heard> heard = hear(recogniser, {.k = 3}, samples, {160});
  REQUIRE(heard.size() == 2);
  for (int i = 0; i < 2; ++i) {
    const Heard& word = heard[static_cast<std::size_t>(i)];
    const double begin_s = i == 0 ? 1.0 : 2.5;
    CHECK(word.is_final);
    CHECK(word.begin_s == Approx(begin_s).margin(0.03));
    CHECK(word.end_s == Approx(begin_s + 0.5).margin(0.03));
    CHECK(word.known_s > word.end_s);
    CHECK(word.known_s < begin_s + 0.75);
    const auto first = samples.begin() + std::lround(word.begin_s * kRate_hz),
               last = samples.begin() + std::lround(word.end_s * kRate_hz);
    const auto wanted = recogniser.recognise({std::vector<float>(first, last), kRate_hz}, 3);
    REQUIRE(word.answers.size() == 3);
    for (std::size_t k = 0; k < 3; ++k) {
      CHECK(word.answers[k].label == wanted[k].label);
      CHECK(word.answers[k].score == wanted[k].score);
    }
  }
}

TEST_CASE("Guesses come at the times that were asked for, of what was heard by then, and a long word is cut") {
  const ossicle::Recogniser recogniser(support::model_of(support::stretched()));
  const ear::Sound sweep = support::sweep(kRate_hz);
  std::vector<float> samples(kRate_hz);
  for (int i = 0; i < 8; ++i) samples.insert(samples.end(), sweep.samples.begin(), sweep.samples.end());
  samples.resize(samples.size() + kRate_hz);
  const std::vector<Heard> heard = hear(recogniser, {.k = 5, .partial_s = 0.25}, samples, {160});
  std::vector<double> ends, guesses;  // seconds
  for (const Heard& each : heard) {
    (each.is_final ? ends : guesses).push_back(each.end_s);
    const auto at = [&](double time_s) { return samples.begin() + std::lround(time_s * kRate_hz); };
    const auto wanted = recogniser.recognise({{at(each.begin_s), at(each.end_s)}, kRate_hz}, 5);
    REQUIRE(each.answers.size() == wanted.size());
    for (std::size_t k = 0; k < wanted.size(); ++k) CHECK(each.answers[k].score == wanted[k].score);
  }
  REQUIRE(ends.size() == 2);
  CHECK(ends[0] == Approx(heard[0].begin_s + 3.0));
  CHECK(ends[1] == Approx(5.0).margin(0.03));
  REQUIRE(guesses.size() > 11);
  CHECK(guesses[0] >= heard[0].begin_s + 0.25);
  CHECK(guesses[0] < heard[0].begin_s + 0.26);
  for (std::size_t i = 1; i < 11; ++i) CHECK(guesses[i] == Approx(guesses[i - 1] + 0.25));
}

TEST_CASE("What begins and is no word is not named") {
  const ossicle::Recogniser recogniser(support::model_of(support::stretched()));
  std::vector<float> samples(3 * kRate_hz);
  std::mt19937 random{1};
  std::normal_distribution<float> noise(0.0F, 0.1F);
  for (int i = kRate_hz; i < kRate_hz * 3 / 2; ++i) samples[static_cast<std::size_t>(i)] = noise(random);
  const std::vector<Heard> heard = hear(recogniser, {.partial_s = 0.1}, samples, {160});
  CHECK_FALSE(heard.empty());  // guesses, until it is known
  for (const Heard& each : heard) {
    CHECK_FALSE(each.is_final);
    CHECK(each.known_s < 1.75);
  }
}

TEST_CASE("What a listener finds, guesses too, does not depend on where blocks end") {
  const ossicle::Recogniser recogniser(support::model_of(support::stretched()));
  const ListenerParams params{.k = 2, .partial_s = 0.12};
  const std::vector<float> samples = signal();
  const std::vector<Heard> wanted = hear(recogniser, params, samples, {samples.size()});
  CHECK(wanted.size() > 6);
  CHECK(std::ranges::count_if(wanted, [](const Heard& each) { return each.is_final; }) == 2);
  for (const Heard& guess : wanted) {
    if (!guess.is_final) CHECK(guess.end_s == guess.known_s);
  }
  for (const std::vector<std::size_t>& blocks : std::vector<std::vector<std::size_t>>{{1}, {7}, {160}, {4096, 0, 33}}) {
    CHECK(text(hear(recogniser, params, samples, blocks)) == text(wanted));
  }
}

TEST_CASE("A word that goes on when the signal ends is named") {
  const ossicle::Recogniser recogniser(support::model_of(support::decimated()));
  std::vector<float> samples = signal();
  samples.resize(static_cast<std::size_t>(2.8 * kRate_hz));
  const std::vector<Heard> heard = hear(recogniser, {}, samples, {1000});
  REQUIRE(heard.size() == 2);
  CHECK(heard[1].begin_s == Approx(2.5).margin(0.03));
  CHECK(heard[1].end_s == Approx(2.8).margin(0.03));
}

TEST_CASE("A listener tells nothing of silence, and what the model refuses of a word") {
  const ossicle::Recogniser recogniser(support::model_of(support::stretched()));
  CHECK(hear(recogniser, {.partial_s = 0.1}, std::vector<float>(30 * kRate_hz), {5000}).empty());
  ear::FrontEndParams long_steps = support::decimated();
  long_steps.decimation = 12500;
  const ossicle::Recogniser slow(support::model_of(long_steps));
  const std::vector<Heard> heard = hear(slow, {}, signal(), {5000});
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].answers.empty());
  CHECK_THAT(heard[0].error, Catch::Contains("shorter than one step"));
  CHECK_THROWS_AS(Listener(recogniser, {.k = 0}, kRate_hz), std::invalid_argument);
  CHECK_THROWS_AS(Listener(recogniser, {.partial_s = -1.0}, kRate_hz), std::invalid_argument);
  CHECK_THROWS_AS(Listener(recogniser, {}, 0), std::invalid_argument);
  for (const double every_s : {0.009, 3601.0, 1e300, static_cast<double>(NAN)}) {
    CHECK_THROWS_WITH(Listener(recogniser, {.partial_s = every_s}, kRate_hz), Catch::Contains("wanted 0.01 to 3600"));
  }
}

TEST_CASE("Ten minutes are heard in the memory of one") {
  const ossicle::Recogniser recogniser(support::model_of(support::stretched()));
  std::vector<float> minute = signal();
  minute.resize(60 * kRate_hz);
  Listener listener(recogniser, {.partial_s = 0.1}, kRate_hz);
  std::vector<Heard> heard;
  listener.push(minute, heard);
  const auto allocated = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  const std::size_t before = allocated();
  for (int i = 1; i < 10; ++i) {
    heard.clear();
    listener.push(minute, heard);
  }
  REQUIRE(heard.size() > 2);
  CHECK(heard.back().begin_s == Approx(9 * 60 + 2.5).margin(0.03));
  CHECK(allocated() < before + 65'536);  // a minute has 3.8 million bytes
}

TEST_CASE("Of samples that hold one that is none a listener hears none") {
  const ossicle::Recogniser recogniser(support::model_of(support::stretched()));
  Listener listener(recogniser, {}, kRate_hz);
  std::vector<float> samples = signal();
  std::vector<Heard> heard;
  for (const float bad : {NAN, 17.0F}) {
    samples[2 * kRate_hz] = bad;  // behind the first word
    CHECK_THROWS_AS(listener.push(samples, heard), std::invalid_argument);
    CHECK_THROWS_WITH(listener.push(samples, heard), Catch::StartsWith("sample 32000 is "));
    CHECK(heard.empty());
  }
  samples[2 * kRate_hz] = 0.0F;
  listener.push(samples, heard);
  listener.finish(heard);
  REQUIRE(heard.size() == 2);
  CHECK(heard[0].begin_s == Approx(1.0).margin(0.03));
}

TEST_CASE("A listener hears nothing behind the end of its signal") {
  const ossicle::Recogniser recogniser(support::model_of(support::stretched()));
  Listener listener(recogniser, {}, kRate_hz);
  std::vector<Heard> heard;
  listener.push(signal(), heard);
  listener.finish(heard);
  CHECK_THROWS_AS(listener.push(signal(), heard), std::logic_error);
  CHECK_THROWS_WITH(listener.finish(heard), Catch::Contains("the signal has ended"));
  CHECK(heard.size() == 2);
}
