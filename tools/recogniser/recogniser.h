#pragma once
// A model as a library: samples in, words out.
//
//   const ossicle::Recogniser recogniser(snn::read_model("digits.model"));
//   const std::vector<ossicle::Answer> answers = recogniser.recognise({samples, 16000});
//   answers.front().label
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frontend/recipe/recipe_stream.h"
#include "snn/files/model_file.h"
#include "snn/streaming/network_stream.h"

namespace ossicle {

/// One class and what speaks for it; or snn::kSilenceName and 0.
struct Answer {
  std::string label;
  float score = 0.0F;                     ///< summed output PSC, as of snn::Network::class_sums()
  std::optional<double> confidence = {};  ///< 0..1; none of silence, and without a calibration
};

/// The k best classes by the class sums [K] of an utterance of n_steps steps, best first; silence alone if nothing was
/// heard (all input values were zero) or no output neuron had a say. Throws std::invalid_argument for k below 1.
std::vector<Answer> answers_of(const snn::Model& model, std::span<const float> sums, std::int64_t n_steps,
                               bool is_heard, int k);

/// Appends a warning if a recording of that duration is so much longer than the longest of the training that it may
/// hold several words.
void warn_of_several_words(const snn::Model& model, double duration_ms, std::vector<std::string>& warnings);

/// The ear and the network of a model, on the CPU. Nothing in it changes: threads may share it.
class Recogniser {
 public:
  /// isa: instruction set of ear and network, one of snn::isa_names() or "auto". Throws std::runtime_error for a model
  /// whose input does not begin with a recording (ear::RecipeRunner), std::invalid_argument for an instruction set that
  /// this machine has not.
  explicit Recogniser(snn::Model model, const std::string& isa = "auto");

  /// The k >= 1 best classes of a recording, best first; silence alone where there is nothing to hear or the network
  /// says nothing. `key`: as of ear::RecipeRunner. `warnings`, if wanted, gets what a user should know of the
  /// recording. Throws std::invalid_argument for another k, a sample rate that ear::check_sample_rate() refuses, a
  /// recording that the ear or an encoder refuses, such as one shorter than a step, and as ear::require_samples() does.
  std::vector<Answer> recognise(ear::Sound sound, int k = 1, std::vector<std::string>* warnings = nullptr,
                                const std::string& key = {}) const;

  const snn::Model& model() const { return model_; }
  const ear::RecipeRunner& recipe() const { return recipe_; }
  const snn::StreamingNetwork& network() const { return network_; }

 private:
  snn::Model model_;
  ear::RecipeRunner recipe_;
  snn::StreamingNetwork network_;
};

/// One recording after the other in pieces of any length, with the answer that the whole of it gets, bit for bit. For
/// models whose steps have one length (ear::RecipeStream). Used by one thread at a time.
class RecordingStream {
 public:
  /// `recogniser` must outlive the stream. Throws std::invalid_argument, saying why, for a model that needs whole
  /// recordings.
  explicit RecordingStream(const Recogniser& recogniser);

  /// Forgets the recording: the next samples begin another one.
  void begin();
  /// Hears further samples, mono, at sample_rate_hz(). Throws std::invalid_argument, with nothing heard, as
  /// ear::require_samples() does, std::logic_error behind finish().
  void push(std::span<const float> samples);
  /// Ends the recording. Throws std::invalid_argument, and does not, if it was shorter than a step; std::logic_error if
  /// it has ended.
  void finish();
  /// The k best classes by what was heard, as of Recogniser::recognise().
  std::vector<Answer> answers(int k = 1) const {
    return answers_of(recogniser_.model(), network_.class_sums(), network_.n_steps(), is_heard_, k);
  }

  int sample_rate_hz() const { return recogniser_.recipe().front_end().params().sample_rate_hz; }
  const snn::NetworkStream& network() const { return network_; }

 private:
  void require_open() const;
  void hear_steps();

  const Recogniser& recogniser_;
  ear::RecipeStream ear_;
  snn::NetworkStream network_;
  std::vector<float> steps_;  // finished, and not yet heard by the network
  bool is_heard_ = false, is_finished_ = false;
};

}  // namespace ossicle
