#pragma once
// A model ready to name recordings: the ear of its recipe and the network.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frontend/front_end.h"
#include "snn/evaluate.h"
#include "snn/model_file.h"
#include "tools/options/backend_options.h"

namespace tools {

/// One class and its summed output PSC.
struct Answer {
  std::string label;
  float score = 0.0F;
};

class Predictor {
 public:
  /// Throws std::invalid_argument for what this build or machine has not.
  Predictor(snn::Model model, const BackendOptions& backend, Context& context);

  /// The k best classes of a recording, best first. Throws std::runtime_error if the model's recipe is not that of one
  /// ear, and std::invalid_argument for a recording that the ear refuses.
  std::vector<Answer> name(const ear::Sound& sound, const std::string& key, int k);
  /// The same of each utterance of a data set.
  std::vector<std::vector<Answer>> name(const snn::Dataset& dataset, int k);
  /// Spikes [step][neuron] of these layers over the first utterance of a data set (snn/raster.h).
  std::vector<std::uint8_t> spikes(const snn::Dataset& dataset, std::span<const int> layers);

  const snn::Model& model() const { return model_; }

 private:
  const ear::FrontEnd& front_end();

  snn::Model model_;
  std::string isa_;
  std::unique_ptr<snn::Backend<float>> backend_;
  snn::Network<float> network_;
  std::optional<ear::FrontEnd> front_end_;  // made when the first recording comes
};

}  // namespace tools
