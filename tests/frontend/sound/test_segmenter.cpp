// The segmenter on signals whose words are known, and on those that hold none.
#include "frontend/sound/segmenter.h"

#include <malloc.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/frontend/sound/made_speech.h"

using Catch::Contains;
using ear::Segmenter;
using ear::SegmenterParams;
using ear::SegmentEvent;
using ear::SegmentEventKind;
using ear::test::MadeSpeech;

namespace {

std::vector<SegmentEvent> events_of(const MadeSpeech& speech, const SegmenterParams& params = {},
                                    std::size_t block = 160) {
  Segmenter segmenter(params, speech.rate_hz());
  std::vector<SegmentEvent> events;
  const std::span<const float> all(speech.samples);
  for (std::size_t i = 0; i < all.size(); i += block) {
    segmenter.push(all.subspan(i, std::min(block, all.size() - i)), events);
  }
  segmenter.finish(events);
  return events;
}

/// What ended as a word; checks what holds of all events on the way.
std::vector<SegmentEvent> words_of(const MadeSpeech& speech, const SegmenterParams& params = {}) {
  const Segmenter segmenter(params, speech.rate_hz());
  std::vector<SegmentEvent> words;
  std::int64_t heard = 0, end = 0;
  bool is_open = false;
  for (const SegmentEvent& event : events_of(speech, params)) {
    CHECK((event.kind == SegmentEventKind::kBegan) != is_open);
    is_open = event.kind == SegmentEventKind::kBegan;
    CHECK(event.begin >= end);
    CHECK(event.begin <= event.end);
    CHECK(event.end <= event.heard);
    CHECK(event.heard >= heard);
    CHECK(event.heard - event.begin <= segmenter.look_back());
    heard = event.heard;
    if (event.kind != SegmentEventKind::kEnded) continue;
    CHECK(event.heard - event.end <= segmenter.latest_delay());
    end = event.end;
    words.push_back(event);
  }
  CHECK_FALSE(is_open);
  return words;
}

constexpr double kBegin_s = 0.006;  // a hop
constexpr double kEnd_s = 0.02;     // the lowest filter rings for so long until 60 dB are gone

void check_word(const SegmentEvent& word, double begin_s, double end_s, int rate_hz, double begin_margin_s = kBegin_s) {
  const SegmenterParams params;
  CHECK(static_cast<double>(word.begin) / rate_hz == Approx(begin_s - params.pre_roll_s).margin(begin_margin_s));
  CHECK(static_cast<double>(word.end) / rate_hz == Approx(end_s + params.post_roll_s).margin(kEnd_s));
}

}  // namespace

TEST_CASE("segmenter: words in digital silence, at every sample rate") {
  for (const int rate_hz : {1000, 2001, 8000, 11025, 16000, 44100, 48000, 192000, 768000}) {
    INFO(rate_hz);
    MadeSpeech speech(rate_hz);
    speech.silence(0.7).voice(0.3, -25).silence(0.31).voice(0.2, -50).silence(0.1).voice(0.15, -20).silence(1);
    const auto words = words_of(speech);
    REQUIRE(words.size() == 2);
    check_word(words[0], 0.7, 1.0, rate_hz);
    check_word(words[1], 1.31, 1.76, rate_hz);
  }
}

TEST_CASE("segmenter: words in noise keep their edges, fricatives too") {
  MadeSpeech speech(16000);
  for (int i = 0; i < 10; ++i) speech.silence(0.613).hiss(0.12, -38).voice(0.25, -25).hiss(0.1, -38);
  speech.silence(1).over_all(-50);
  const auto words = words_of(speech);
  REQUIRE(words.size() == 10);
  for (int i = 0; i < 10; ++i) check_word(words[i], i * 1.083 + 0.613, i * 1.083 + 1.083, 16000, 0.015);
}

TEST_CASE("segmenter: the same events in blocks of any length") {
  MadeSpeech speech(8000);
  speech.silence(0.4).voice(0.3, -30).silence(0.35).hiss(0.02, -20).silence(0.5).voice(4, -28).silence(0.2).voice(0.2,
                                                                                                                  -30);
  speech.over_all(-60);
  const auto whole = events_of(speech, {}, speech.samples.size());
  CHECK(whole.size() > 6);
  for (const std::size_t block : {1, 7, 160, 4096}) CHECK(events_of(speech, {}, block) == whole);
}

TEST_CASE("segmenter: silence and noise have no events") {
  Segmenter hour({}, 8000);
  std::vector<SegmentEvent> events;
  const std::vector<float> second(8000);
  for (int i = 0; i < 3600; ++i) hour.push(second, events);
  hour.finish(events);
  CHECK(events.empty());
  CHECK(events_of(MadeSpeech(48000).hiss(60, -30)).empty());
  CHECK(events_of(MadeSpeech(8000).hiss(600, -60)).empty());
  MadeSpeech constant(16000);
  constant.silence(5);
  for (float& sample : constant.samples) sample = 0.4F;
  CHECK(events_of(constant).empty());
  CHECK(events_of(MadeSpeech(8000)).empty());
  CHECK(events_of(MadeSpeech(8000).voice(0.003, -20)).empty());
}

TEST_CASE("segmenter: an hour is heard in the memory of a minute") {
  const MadeSpeech minute = MadeSpeech(8000).silence(20).hiss(20, -50).silence(19.5).voice(0.5, -30);
  Segmenter segmenter({}, 8000);
  std::vector<SegmentEvent> events;
  segmenter.push(minute.samples, events);
  const auto allocated = [] { return mallinfo2().uordblks + mallinfo2().hblkhd; };
  const std::size_t before = allocated();
  for (int i = 1; i < 60; ++i) {
    events.clear();
    segmenter.push(minute.samples, events);
  }
  CHECK(events.size() >= 1);
  CHECK(events.back().begin > 59LL * 60 * 8000);
  CHECK(allocated() < before + 4096);
}

TEST_CASE("segmenter: what is too short, or has no voice, is dropped") {
  const auto kinds = [](const MadeSpeech& speech, const SegmenterParams& params = {}) {
    std::vector<SegmentEventKind> found;
    for (const SegmentEvent& event : events_of(speech, params)) found.push_back(event.kind);
    return found;
  };
  using enum SegmentEventKind;
  using Kinds = std::vector<SegmentEventKind>;
  CHECK(kinds(MadeSpeech(8000).silence(1).voice(0.01, -20).silence(1)).empty());
  CHECK(kinds(MadeSpeech(8000).silence(1).voice(0.08, -20).silence(1)) == Kinds{kBegan, kDropped});
  CHECK(kinds(MadeSpeech(8000).silence(1).voice(0.08, -20).silence(1), {.min_s = 0.05}) == Kinds{kBegan, kEnded});
  CHECK(kinds(MadeSpeech(8000).silence(1).hiss(0.25, -30).silence(1)) == Kinds{kBegan, kDropped});
  CHECK(kinds(MadeSpeech(8000).silence(1).hiss(0.25, -30).silence(1), {.min_voiced_s = 0}) == Kinds{kBegan, kEnded});
}

TEST_CASE("segmenter: a word longer than the longest is cut, and goes on without a gap") {
  constexpr int kRate_hz = 11025, kLongest = 3 * kRate_hz;  // no whole hops
  MadeSpeech speech(kRate_hz);
  speech.silence(1);
  for (int i = 0; i < 25; ++i) speech.voice(0.14, -25).silence(0.16);
  speech.silence(1);
  const auto words = words_of(speech, {.hang_over_s = 0.2});
  REQUIRE(words.size() == 3);
  CHECK(words[0].end == words[0].begin + kLongest);
  CHECK(words[1].begin == words[0].end);
  CHECK(words[1].end == words[1].begin + kLongest);
  CHECK(words[1].heard - words[1].end <= 55);  // at once
  CHECK(words[2].begin == words[1].end);
  CHECK(static_cast<double>(words[2].end) / kRate_hz == Approx(8.34 + 0.02).margin(kEnd_s));
}

TEST_CASE("segmenter: what goes on behind a cut must be a word itself, and no word begins before the last one's end") {
  MadeSpeech speech(8000);
  speech.silence(1);
  for (int i = 0; i < 8; ++i) speech.voice(0.14, -25).silence(0.16);
  speech.hiss(0.15, -25).silence(0.25).voice(0.3, -25).silence(0.25).voice(0.3, -25).silence(1);
  const auto words = words_of(speech, {.hang_over_s = 0.2, .pre_roll_s = 0.6, .post_roll_s = 0.2});
  REQUIRE(words.size() == 3);
  CHECK(words[1].begin == words[0].end);
  CHECK(words[2].begin == words[1].end);
}

TEST_CASE("segmenter: noise that begins is dropped, and the word after it found") {
  MadeSpeech speech(8000);
  speech.silence(3).voice(0.3, -20).silence(3).voice(0.3, -20).silence(1);
  speech.over_all(-70).over_all(-40, 1);
  const auto words = words_of(speech);
  REQUIRE(words.size() == 2);
  check_word(words[0], 3, 3.3, 8000);
  check_word(words[1], 6.3, 6.6, 8000);
  const auto events = events_of(speech);
  CHECK(events[1].kind == SegmentEventKind::kDropped);
  CHECK(static_cast<double>(events[1].heard) / 8000 ==
        Approx(1.35).margin(0.051));  // after three to four blocks of 0.1 s
  MadeSpeech hum(8000);
  hum.silence(1).voice(10, -40);
  CHECK(words_of(hum).empty());  // a voice, but it never falls
}

TEST_CASE("segmenter: noise at the beginning hides no word") {
  MadeSpeech speech(8000);
  speech.silence(0.45).voice(0.3, -20).silence(1).over_all(-45);
  const auto words = words_of(speech);
  REQUIRE(words.size() == 1);
  check_word(words[0], 0.45, 0.75, 8000);
}

TEST_CASE("segmenter: a recording that is nothing but a word is that word") {
  for (const double duration_s : {0.15, 0.5}) {
    const MadeSpeech speech = MadeSpeech(8000).voice(duration_s, -25).hiss(0.1, -40);
    const auto words = words_of(speech, {.post_roll_s = 0});
    REQUIRE(words.size() == 1);
    CHECK(words[0].begin == 0);
    CHECK(words[0].end == speech.now());
  }
}

TEST_CASE("segmenter: clipping and a constant part move no edge by more than a frame") {
  MadeSpeech speech(16000);
  speech.silence(1).voice(0.4, 10).silence(1);
  for (float& sample : speech.samples) sample = std::clamp(sample, -0.5F, 0.5F) + 0.3F;
  const auto words = words_of(speech);
  REQUIRE(words.size() == 1);
  check_word(words[0], 1, 1.4, 16000);
}

TEST_CASE("segmenter: weak sound belongs to a word next to it, but not for long") {
  const auto begin_s = [](double weak_s) {
    MadeSpeech speech(8000);
    speech.silence(2.09).hiss(weak_s, -56).voice(0.3, -25).silence(1).over_all(-60);  // a rise of 5.5 dB
    const auto words = words_of(speech);
    REQUIRE(words.size() == 1);
    return static_cast<double>(words[0].begin) / 8000;
  };
  CHECK(begin_s(0.1) == Approx(2.09 - 0.02).margin(0.03));
  CHECK(begin_s(0.3) == Approx(2.39 + 0.04 - 0.25 - 0.02).margin(0.03));  // strong for 0.04 s, and the lead before
  MadeSpeech apart(8000);
  apart.silence(2).hiss(0.03, -56).silence(0.1).voice(0.3, -25).silence(1).over_all(-60);
  const auto words = words_of(apart);
  REQUIRE(words.size() == 1);
  check_word(words[0], 2.13, 2.43, 8000);
  const MadeSpeech alone = MadeSpeech(8000).silence(1).hiss(0.2, -75).silence(1);
  CHECK(events_of(alone).empty());  // stays, but begins nothing
}

TEST_CASE("segmenter: a weak voice holds a word where weak noise does not") {
  const auto end_s = [](const SegmenterParams& params, bool is_voice) {
    MadeSpeech speech(8000);
    speech.silence(1).voice(0.2, -25);
    is_voice ? speech.voice(0.25, -32.5) : speech.hiss(0.25, -30.5);  // in the lowest band about 3.5 dB above the floor
    const auto words = words_of(speech.silence(1), params);
    REQUIRE(words.size() == 1);
    return static_cast<double>(words[0].end) / 8000;
  };
  SegmenterParams params{.stay_db = 7, .noise = {.quiet_db = -40}};
  CHECK(end_s(params, true) == Approx(1.45 + 0.02).margin(0.03));
  CHECK(end_s(params, false) < 1.3);
  params.voiced_db = 6;
  CHECK(end_s(params, true) < 1.3);
}

TEST_CASE("segmenter: the end is known in time") {
  for (const int rate_hz : {2000, 8000, 44100, 192000}) {
    CHECK(static_cast<double>(Segmenter({}, rate_hz).latest_delay()) / rate_hz < 0.15);
  }
  CHECK(Segmenter({.hang_over_s = 0.3, .post_roll_s = 0}, 8000).latest_delay() == (60 + 3) * 40);
  MadeSpeech speech(8000);
  speech.silence(1).voice(0.3, -25);
  const std::int64_t end = speech.now();
  const auto words = words_of(speech.silence(1));
  REQUIRE(words.size() == 1);
  CHECK(words[0].heard - words[0].end == Segmenter({}, 8000).latest_delay());
  CHECK(words[0].heard - end <= 8000 / 4);
}

TEST_CASE("segmenter: samples that are not finite are refused with all of their block") {
  const MadeSpeech speech = MadeSpeech(8000).silence(1).voice(0.3, -25).silence(1);
  Segmenter segmenter({}, 8000);
  std::vector<SegmentEvent> events;
  const std::span<const float> all(speech.samples);
  segmenter.push(all.first(1000), events);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    CHECK_THROWS_WITH(segmenter.push(std::vector<float>{0.5F, 0.5F, bad}, events),
                      Contains("sample 1002") && Contains("finite"));
  }
  segmenter.push(all.subspan(1000), events);
  segmenter.finish(events);
  CHECK(events == events_of(speech));
  const std::vector<float> largest(8000, std::numeric_limits<float>::max());
  CHECK_NOTHROW(segmenter.push(largest, events));
}

TEST_CASE("segmenter: parameters and rates out of their range are refused") {
  const auto refused = [](const SegmenterParams& params, const char* message) {
    CHECK_THROWS_WITH(ear::validate(params), Contains(message));
    CHECK_THROWS_AS(Segmenter(params, 8000), std::invalid_argument);
  };
  refused({.hop_s = 0}, "hop_s");
  refused({.frame_s = 0.004}, "frame_s 0.004: wanted hop_s 0.005 or more");
  refused({.begin_db = 3}, "stay_db 4: wanted begin_db 3 or less");
  refused({.post_roll_s = 0.3}, "post_roll_s 0.3: wanted hang_over_s 0.15 or less");
  refused({.min_s = 2.99}, "wanted less than max_s 3");
  refused({.noise = {.memory_s = 0}}, "memory_s");
  CHECK_THROWS_WITH(Segmenter({}, 999), Contains("999 Hz: wanted 1000 to 768000"));
  CHECK_THROWS_AS(Segmenter({}, 768001), std::invalid_argument);
  CHECK_NOTHROW(Segmenter({.hop_s = 0.001}, 1000));
}
