// A model as a library: the witness is the network on the record that the recipe makes.
#include "tools/recogniser/recogniser.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <thread>

#include "snn/model/init.h"
#include "snn/score/answer.h"
#include "snn/score/evaluate.h"
#include "tests/tools/recogniser/models.h"
#include "tools/common/load.h"

using ossicle::Answer;
using ossicle::Recogniser;
using ossicle::RecordingStream;

namespace {

bool equal(const std::vector<Answer>& a, const std::vector<Answer>& b) {
  return std::ranges::equal(a, b, [](const Answer& x, const Answer& y) {
    return x.label == y.label && x.score == y.score && x.confidence == y.confidence;
  });
}

/// By the network, without the recogniser.
std::vector<float> scores(const snn::Model& model, const ear::Sound& sound) {
  std::vector<std::string> warnings;
  const ear::RecipeRunner runner(ear::parse_recipe(model.recipe_json), model.input_kind, "auto");
  ear::Record record = runner(sound, "", warnings);
  const auto backend = snn::make_cpu_backend<float>(1, "auto");
  snn::Network<float> network(model.training.network, model.training.gradient, *backend);
  network.set_parameters(model.parameters);
  const snn::Dataset one{.n_channels = runner.n_channels(),
                         .classes = model.classes,
                         .utterances = {tools::to_utterance(std::move(record), model.classes)}};
  return snn::evaluate(network, one, 1).scores.front();
}

}  // namespace

TEST_CASE("A recogniser gives the classes of the network on what the recipe makes, at any sample rate") {
  for (const auto& front_end : {support::stretched(), support::decimated()}) {
    snn::Model model = support::model_of(front_end);
    const Recogniser plain(model);
    model.calibration = snn::Calibration{2.5, true};
    const Recogniser calibrated(model);
    for (const int rate : {8000, 12500, 44100}) {
      const ear::Sound sound = support::sweep(rate);
      const std::vector<float> wanted = scores(model, sound);
      const std::vector<Answer> answers = plain.recognise(sound, 10);
      REQUIRE(answers.size() == wanted.size());
      const auto best = std::ranges::max_element(wanted) - wanted.begin();
      CHECK(answers[0].label == model.classes[static_cast<std::size_t>(best)]);
      CHECK(answers[0].score == wanted[static_cast<std::size_t>(best)]);
      CHECK(answers[0].score >= answers[1].score);
      CHECK_FALSE(answers[0].confidence);
      double sum = 0.0;
      for (const Answer& answer : calibrated.recognise(sound, 10)) sum += answer.confidence.value();
      CHECK(sum == Approx(1.0));
      CHECK(plain.recognise(sound).size() == 1);
    }
  }
}

TEST_CASE("A recording in pieces gets the answer of the whole") {
  const Recogniser recogniser(support::model_of(support::decimated()));
  RecordingStream stream(recogniser);
  const ear::Sound sound = support::sweep(stream.sample_rate_hz());
  const std::vector<Answer> wanted = recogniser.recognise(sound, 3);
  for (const std::size_t block : {1, 7, 160, 4096}) {
    stream.begin();
    for (std::size_t at = 0; at < sound.samples.size(); at += block) {
      stream.push(std::span(sound.samples).subspan(at, std::min(block, sound.samples.size() - at)));
    }
    stream.finish();
    CHECK(equal(stream.answers(3), wanted));
  }
  CHECK_THROWS_AS(stream.push(sound.samples), std::logic_error);
  CHECK_THROWS_WITH(stream.finish(), Catch::Contains("the recording has ended"));
  CHECK(equal(stream.answers(3), wanted));
  stream.begin();
  CHECK(stream.answers().front().label == snn::kSilenceName);
  CHECK_THROWS_WITH(stream.finish(), Catch::Contains("shorter than one step"));
  CHECK_THROWS_WITH(stream.push(std::vector<float>{0.5F, 0.5F, -16.5F}), Catch::Contains("sample 2 is -16.5"));
  stream.push(sound.samples);  // the recording has not ended, and nothing of what was refused is in it
  stream.finish();
  CHECK(equal(stream.answers(3), wanted));
  CHECK_THROWS_AS(stream.answers(0), std::invalid_argument);
  const Recogniser whole(support::model_of(support::stretched()));
  CHECK_THROWS_WITH(RecordingStream(whole), Catch::Contains("stretches every recording"));
}

TEST_CASE("A recording of silence in pieces is silence, whatever a network with biases says") {
  snn::Model model = support::model_of(support::decimated());
  model.training.network.bias = true;
  model.parameters = snn::initial_parameters(model.training.network, model.training.init, 3);
  for (auto& [name, tensor] : model.parameters) {
    if (name.starts_with("bias")) std::ranges::fill(tensor.values, 0.5F);
  }
  const Recogniser recogniser(model);
  RecordingStream stream(recogniser);
  stream.push(std::vector<float>(4000));
  CHECK(stream.network().class_sums().front() != 0.0F);
  CHECK(stream.answers().front().label == snn::kSilenceName);
  stream.push(support::sweep(stream.sample_rate_hz()).samples);
  CHECK(stream.answers().front().label != snn::kSilenceName);
}

TEST_CASE("A recogniser says silence, warns of several words, and refuses what is no recording") {
  snn::Model model = support::model_of(support::stretched());
  model.longest_ms = 100.0;
  const Recogniser recogniser(model);
  std::vector<std::string> warnings;
  ear::Sound silence{std::vector<float>(4000), 8000};
  CHECK(recogniser.recognise(silence, 3, &warnings).size() == 1);
  CHECK(recogniser.recognise(silence).front().label == snn::kSilenceName);
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0], Catch::Contains("0.5 s, the longest recording of the training has 0.1 s"));
  for (const float bad : {NAN, 20'000.0F}) {  // at 8,000 Hz: the ear's sample 1563
    silence.samples[1000] = bad;
    CHECK_THROWS_AS(recogniser.recognise(silence), std::invalid_argument);
    CHECK_THROWS_WITH(recogniser.recognise(silence), Catch::StartsWith("sample 1000 is "));
  }
  for (const int k : {0, -1}) {
    CHECK_THROWS_AS(recogniser.recognise(support::sweep(8000), k), std::invalid_argument);
    CHECK_THROWS_WITH(recogniser.recognise({std::vector<float>(4000), 8000}, k), Catch::Contains("wanted 1 or more"));
  }
  model.recipe_json = R"({"stages":[]})";
  CHECK_THROWS_AS(Recogniser(model), std::runtime_error);
  CHECK_THROWS_AS(Recogniser(support::model_of(support::stretched()), "abacus"), std::invalid_argument);
}

TEST_CASE("Threads share a recogniser") {
  const Recogniser recogniser(support::model_of(support::stretched()));
  const ear::Sound sound = support::sweep(16000);
  const std::vector<Answer> wanted = recogniser.recognise(sound, 3);
  std::vector<std::thread> threads;
  std::array<bool, 4> right{};
  for (bool& each : right) {
    threads.emplace_back([&] {
      each = true;
      for (int i = 0; i < 5; ++i) each = each && equal(recogniser.recognise(sound, 3), wanted);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(std::ranges::all_of(right, [](bool each) { return each; }));
}
