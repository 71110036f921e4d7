#pragma once
// A model ready to name recordings: the stages of its recipe and the network.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frontend/recipe/recipe_runner.h"
#include "frontend/sound/sound_file.h"
#include "snn/files/model_file.h"
#include "snn/score/evaluate.h"
#include "tools/options/backend_options.h"
#include "tools/recogniser/recogniser.h"

namespace tools {

class Predictor {
 public:
  /// Throws std::invalid_argument for what this build or machine has not.
  Predictor(snn::Model model, const BackendOptions& backend, Context& context);

  /// The k best classes of a recording, best first; silence alone where there is nothing to hear or the network says nothing. `key`: as ossicle-lyon gives it to the recording (ear::key_of_path).
  /// `warnings` gets those of ear::RecipeRunner, and one
  /// of a recording that is much longer than the longest of the training. Throws std::runtime_error if the model's recipe does not begin with a recording, and std::invalid_argument for a
  /// recording that a stage of it refuses.
  std::vector<ossicle::Answer> name(ear::Sound sound, const std::string& key, int k,
                                    std::vector<std::string>& warnings);
  /// The same of a record of a stream, whose array is moved from.
  std::vector<ossicle::Answer> name(ear::Record record, int n_channels, int k, std::vector<std::string>& warnings);
  /// Spikes [step][neuron] of these layers over a record (snn/network/raster.h).
  std::vector<std::uint8_t> spikes(ear::Record record, int n_channels, std::span<const int> layers);

  const snn::Model& model() const { return model_; }

 private:
  const ear::RecipeRunner& recipe();
  snn::Dataset one(ear::Record record, int n_channels) const;

  snn::Model model_;
  std::string isa_;
  std::unique_ptr<snn::Backend<float>> backend_;
  snn::Network<float> network_;
  std::optional<ear::RecipeRunner> recipe_;  // made when the first recording comes
};

}  // namespace tools
