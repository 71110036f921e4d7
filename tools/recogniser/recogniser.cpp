#include "tools/recogniser/recogniser.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <variant>

#include "frontend/base/require.h"
#include "snn/score/answer.h"
#include "snn/score/calibration.h"
#include "snn/score/metrics.h"

namespace ossicle {

namespace {

constexpr double kSeveralWords = 3.0;  // times the longest recording of the training

bool any_value(std::span<const float> values) {
  return std::ranges::any_of(values, [](float value) { return value != 0.0F; });
}

}  // namespace

std::vector<Answer> answers_of(const snn::Model& model, std::span<const float> sums, std::int64_t n_steps,
                               bool is_heard, int k) {
  ear::require(k >= 1, "the best {} classes: wanted 1 or more", k);
  if (snn::answer_of(sums, is_heard) == snn::kSilence) return {{snn::kSilenceName, 0.0F, {}}};
  std::vector<double> confidences;
  if (model.calibration) confidences = snn::confidences(*model.calibration, sums, static_cast<int>(n_steps));
  std::vector<Answer> answers;
  for (const int best : snn::top_classes(sums, k)) {
    const auto i = static_cast<std::size_t>(best);
    answers.push_back({model.classes[i], sums[i], {}});
    if (!confidences.empty()) answers.back().confidence = confidences[i];
  }
  return answers;
}

void warn_of_several_words(const snn::Model& model, double duration_ms, std::vector<std::string>& warnings) {
  if (!model.longest_ms || duration_ms <= kSeveralWords * *model.longest_ms) return;
  warnings.push_back(fmt::format(
      "{:.1f} s, the longest recording of the training has {:.1f} s: it may hold several words, and gets one",
      duration_ms / 1000.0, *model.longest_ms / 1000.0));
}

Recogniser::Recogniser(snn::Model model, const std::string& isa)
    : model_(std::move(model)),
      recipe_(ear::parse_recipe(model_.recipe_json), model_.input_kind, isa),
      network_(model_.training.network, model_.parameters, isa) {}

std::vector<Answer> Recogniser::recognise(ear::Sound sound, int k, std::vector<std::string>* warnings,
                                          const std::string& key) const {
  ear::require_samples(sound.samples);
  std::vector<std::string> found;
  const ear::Record record = recipe_(std::move(sound), key, found);
  warn_of_several_words(model_, record.n_steps * record.dt_ms, found);
  const std::vector<float> values =
      std::visit([](const auto& data) { return std::vector<float>(data.begin(), data.end()); }, record.data);
  snn::NetworkStream stream(network_);
  stream.push(values);
  if (warnings != nullptr) *warnings = std::move(found);
  return answers_of(model_, stream.class_sums(), stream.n_steps(), any_value(values), k);
}

RecordingStream::RecordingStream(const Recogniser& recogniser)
    : recogniser_(recogniser), ear_(recogniser.recipe()), network_(recogniser.network()) {}

void RecordingStream::begin() {
  ear_.begin();
  network_.begin();
  is_heard_ = is_finished_ = false;
}

void RecordingStream::require_open() const {
  if (is_finished_) throw std::logic_error("the recording has ended; begin() begins another one");
}

void RecordingStream::push(std::span<const float> samples) {
  require_open();
  ear::require_samples(samples);
  ear_.push(samples, steps_);
  hear_steps();
}

void RecordingStream::finish() {
  require_open();
  ear_.finish(steps_);
  is_finished_ = true;
  hear_steps();
}

void RecordingStream::hear_steps() {
  network_.push(steps_);
  is_heard_ = is_heard_ || any_value(steps_);
  steps_.clear();
}

}  // namespace ossicle
