// The interface for C: the witness is the recogniser behind it.
#include "tools/recogniser/ossicle.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"
#include "tests/tools/recogniser/models.h"
#include "tools/recogniser/listener.h"

using Catch::Contains;

namespace {

/// A stored model, and a handle of it.
struct Opened {
  support::TempFolder folder;
  std::string path = (folder.path() / "m.model").string();
  ossicle_recogniser* handle = nullptr;
  explicit Opened(const snn::Model& model) {
    std::ofstream(path, std::ios::binary) << snn::serialise(model);
    REQUIRE(ossicle_open(path.c_str(), &handle) == OSSICLE_OK);
  }
  Opened(const Opened&) = delete;
  ~Opened() { ossicle_close(handle); }
};

snn::Model calibrated() {
  snn::Model model = support::model_of(support::stretched());
  model.calibration = snn::Calibration{2.0, true};
  return model;
}

std::vector<float> two_words() {
  std::vector<float> samples(16000);
  const ear::Sound sweep = support::sweep(16000);
  for (int i = 0; i < 2; ++i) {
    samples.insert(samples.end(), sweep.samples.begin(), sweep.samples.end());
    samples.resize(samples.size() + 16000);
  }
  return samples;
}

void keep(const ossicle_word* word, void* user) {
  static_cast<std::vector<ossicle_word>*>(user)->push_back(*word);
}

}  // namespace

TEST_CASE("C: a recording gets the recogniser's answers") {
  const snn::Model model = calibrated();
  const Opened opened(model);
  CHECK(ossicle_api_version() == OSSICLE_API_VERSION);
  REQUIRE(ossicle_class_count(opened.handle) == 5);
  CHECK(ossicle_class_name(opened.handle, 4) == std::string("e"));
  CHECK(ossicle_class_name(opened.handle, 5) == nullptr);
  const ear::Sound sound = support::sweep(8000);
  const auto wanted = ossicle::Recogniser(model).recognise(sound, 10);
  ossicle_answer answers[10];
  std::size_t n = 0;
  REQUIRE(ossicle_recognise(opened.handle, sound.samples.data(), sound.samples.size(), 8000, answers, 10, &n) ==
          OSSICLE_OK);
  REQUIRE(n == 5);
  for (std::size_t i = 0; i < n; ++i) {
    CHECK(answers[i].label == wanted[i].label);
    CHECK(answers[i].score == wanted[i].score);
    CHECK(answers[i].confidence == wanted[i].confidence);
  }
  REQUIRE(ossicle_recognise(opened.handle, sound.samples.data(), sound.samples.size(), 8000, answers, 1, &n) ==
          OSSICLE_OK);
  CHECK(n == 1);
  const std::vector<float> silence(8000);
  REQUIRE(ossicle_recognise(opened.handle, silence.data(), silence.size(), 8000, answers, 10, &n) == OSSICLE_OK);
  CHECK(n == 1);
  CHECK(answers[0].label == std::string("(silence)"));
  CHECK(answers[0].confidence < 0.0);
}

TEST_CASE("C: a listener tells words and guesses") {
  const Opened opened(support::model_of(support::stretched()));
  ossicle_listener* listener = nullptr;
  REQUIRE(ossicle_listen(opened.handle, 16000, 0.2, &listener) == OSSICLE_OK);
  const std::vector<float> samples = two_words();
  std::vector<ossicle_word> words;
  for (std::size_t at = 0; at < samples.size(); at += 1000) {
    const std::size_t n = std::min<std::size_t>(1000, samples.size() - at);
    REQUIRE(ossicle_push(listener, samples.data() + at, n, keep, &words) == OSSICLE_OK);
  }
  REQUIRE(ossicle_finish(listener, keep, &words) == OSSICLE_OK);
  ossicle_listener_close(listener);
  std::vector<double> begins;
  for (const ossicle_word& word : words) {
    if (word.is_final != 0) begins.push_back(word.begin_s);
    CHECK(word.answer.confidence < 0.0);
    CHECK(std::string(word.answer.label).size() == 1);
  }
  REQUIRE(begins.size() == 2);
  CHECK(begins[0] == Approx(1.0).margin(0.03));
  CHECK(begins[1] == Approx(2.5).margin(0.03));
  CHECK(words.size() > 4);
}

TEST_CASE("C: what goes wrong is a status and a text, and nothing is left behind") {
  ossicle_recogniser* none = nullptr;
  CHECK(ossicle_open("/no/such/model", &none) == OSSICLE_BAD_MODEL);
  CHECK_THAT(ossicle_last_error(), Contains("/no/such/model"));
  CHECK(none == nullptr);
  CHECK(ossicle_open(nullptr, &none) == OSSICLE_BAD_ARGUMENT);
  CHECK(ossicle_class_count(nullptr) == 0);
  ossicle_close(nullptr);
  ossicle_listener_close(nullptr);
  ear::FrontEndParams long_steps = support::decimated();
  long_steps.decimation = 12500;
  const Opened opened(support::model_of(long_steps));
  ossicle_answer answer{};
  std::size_t n = 0;
  const std::vector<float> samples = two_words();
  CHECK(ossicle_recognise(opened.handle, samples.data(), 100, 16000, &answer, 1, &n) == OSSICLE_BAD_SOUND);
  CHECK_THAT(ossicle_last_error(), Contains("shorter than one step"));
  for (const int rate_hz : {-1, 0, 999, 768'001}) {
    CHECK(ossicle_recognise(opened.handle, samples.data(), samples.size(), rate_hz, &answer, 1, &n) ==
          OSSICLE_BAD_ARGUMENT);
    CHECK_THAT(ossicle_last_error(), Contains("wanted 1000 to 768000"));
  }
  for (const std::size_t n_samples : {SIZE_MAX, SIZE_MAX / 2, std::size_t{OSSICLE_MAX_SAMPLES} + 1}) {
    CHECK(ossicle_recognise(opened.handle, samples.data(), n_samples, 16000, &answer, 1, &n) == OSSICLE_BAD_ARGUMENT);
    CHECK_THAT(ossicle_last_error(), Contains(std::to_string(n_samples) + " samples: wanted 536870912 at most"));
  }
  CHECK(ossicle_recognise(opened.handle, samples.data(), samples.size(), 16000, &answer, 0, &n) ==
        OSSICLE_BAD_ARGUMENT);
  CHECK(ossicle_recognise(nullptr, samples.data(), samples.size(), 16000, &answer, 1, &n) == OSSICLE_BAD_ARGUMENT);
  const float bad[] = {0.0F, NAN};
  CHECK(ossicle_recognise(opened.handle, bad, 2, 16000, &answer, 1, &n) == OSSICLE_BAD_SOUND);
  const float loud[] = {0.0F, 20'000.0F};
  CHECK(ossicle_recognise(opened.handle, loud, 2, 16000, &answer, 1, &n) == OSSICLE_BAD_SOUND);
  CHECK_THAT(ossicle_last_error(), Contains("sample 1 is 20000, but full scale is +-1"));
}

TEST_CASE("C: what goes wrong with a listener is a status and a text") {
  ear::FrontEndParams long_steps = support::decimated();
  long_steps.decimation = 12500;
  const Opened opened(support::model_of(long_steps));
  const std::vector<float> samples = two_words();
  const float bad[] = {0.0F, NAN};
  ossicle_listener* listener = nullptr;
  CHECK(ossicle_listen(opened.handle, 10, 0.0, &listener) == OSSICLE_BAD_ARGUMENT);
  CHECK_THAT(ossicle_last_error(), Contains("wanted 1000 to 768000"));
  CHECK(ossicle_listen(opened.handle, 16000, -1.0, &listener) == OSSICLE_BAD_ARGUMENT);
  CHECK(listener == nullptr);
  REQUIRE(ossicle_listen(opened.handle, 16000, 0.0, &listener) == OSSICLE_OK);
  std::vector<ossicle_word> words;
  CHECK(ossicle_push(listener, bad, 2, keep, &words) == OSSICLE_BAD_SOUND);
  CHECK(ossicle_push(listener, samples.data(), SIZE_MAX, keep, &words) == OSSICLE_BAD_ARGUMENT);
  CHECK_THAT(ossicle_last_error(), Contains("ossicle_push: 18446744073709551615 samples: wanted 536870912 at most"));
  CHECK(ossicle_push(listener, samples.data(), samples.size(), keep, &words) ==
        OSSICLE_BAD_SOUND);  // words of less than a step
  CHECK_THAT(ossicle_last_error(), Contains("shorter than one step"));
  CHECK(words.empty());
  CHECK(ossicle_finish(listener, keep, &words) == OSSICLE_OK);
  CHECK(ossicle_push(listener, samples.data(), 1, keep, &words) == OSSICLE_BAD_ARGUMENT);
  CHECK_THAT(ossicle_last_error(), Contains("the signal has ended"));
  CHECK(ossicle_finish(listener, keep, &words) == OSSICLE_BAD_ARGUMENT);
  ossicle_listener_close(listener);
}

TEST_CASE("C: what on_word asks of its own listener is refused, and does no harm") {
  struct Asking {
    ossicle_listener* listener = nullptr;
    int n_words = 0;
    std::string errors;
  } asking;
  const Opened opened(support::model_of(support::stretched()));
  REQUIRE(ossicle_listen(opened.handle, 16000, 0.0, &asking.listener) == OSSICLE_OK);
  const auto ask = [](const ossicle_word*, void* user) {
    Asking& all = *static_cast<Asking*>(user);
    const float silence[100] = {};
    ++all.n_words;
    if (ossicle_push(all.listener, silence, 100, keep, nullptr) != OSSICLE_BAD_ARGUMENT) all.errors += "pushed ";
    if (ossicle_finish(all.listener, keep, nullptr) != OSSICLE_BAD_ARGUMENT) all.errors += "finished ";
    if (!std::string(ossicle_last_error()).starts_with("ossicle_finish: called")) all.errors += ossicle_last_error();
  };
  const std::vector<float> samples = two_words();
  CHECK(ossicle_push(asking.listener, samples.data(), samples.size(), ask, &asking) == OSSICLE_OK);
  CHECK(asking.n_words == 2);
  CHECK(ossicle_push(asking.listener, samples.data(), samples.size(), ask, &asking) == OSSICLE_OK);
  CHECK(asking.n_words == 4);
  const auto fail = [](const ossicle_word*, void*) { throw 7; };  // in C++ it may
  CHECK(ossicle_push(asking.listener, samples.data(), samples.size(), fail, nullptr) == OSSICLE_FAILED);
  CHECK(ossicle_finish(asking.listener, ask, &asking) == OSSICLE_OK);
  CHECK(asking.n_words == 4);
  CHECK(asking.errors.empty());
  ossicle_listener_close(asking.listener);
}

TEST_CASE("C: words without a function to be told to wait, in their order") {
  const Opened opened(calibrated());
  ossicle_listener *told = nullptr, *waiting = nullptr;
  REQUIRE(ossicle_listen(opened.handle, 16000, 0.1, &told) == OSSICLE_OK);
  REQUIRE(ossicle_listen(opened.handle, 16000, 0.1, &waiting) == OSSICLE_OK);
  const std::vector<float> samples = two_words();
  std::vector<ossicle_word> words;
  CHECK(ossicle_push(told, samples.data(), samples.size(), keep, &words) == OSSICLE_OK);
  REQUIRE(words.size() > 2);
  ossicle_word word{};
  CHECK(ossicle_next_word(waiting, &word) == 0);
  for (std::size_t i = 0; i < samples.size(); i += 1000) {
    const std::size_t n = std::min<std::size_t>(1000, samples.size() - i);
    CHECK(ossicle_push(waiting, samples.data() + i, n, nullptr, nullptr) == OSSICLE_OK);
  }
  for (const ossicle_word& wanted : words) {
    REQUIRE(ossicle_next_word(waiting, &word) == 1);
    CHECK(word.begin_s == wanted.begin_s);
    CHECK(word.known_s == wanted.known_s);
    CHECK(word.answer.label == std::string(wanted.answer.label));
  }
  CHECK(ossicle_next_word(waiting, &word) == 0);
  CHECK(ossicle_next_word(nullptr, &word) == 0);
  CHECK(ossicle_next_word(waiting, nullptr) == 0);
  ossicle_listener_close(told);
  ossicle_listener_close(waiting);
}
