#pragma once
// The spikes of a model's layers as a stream of rasters.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "frontend/stream/stream.h"
#include "snn/files/model_file.h"
#include "tools/common/io.h"

namespace tools {

/// "all", "output", or numbers of layers such as "1,3" (L is the output) -> ascending layers. Throws std::invalid_argument for
/// other text, a layer twice, or one that the network has not.
std::vector<int> parse_layers(const std::string& text, int n_layers);

/// The stream. A record is that of the input with the layers' spikes in place of its array: channels are the neurons of the
/// first layer, then of the second, and so on.
class SpikeStream {
 public:
  /// "all" leaves out an output layer that does not fire. Throws std::invalid_argument where then none is left, and what
  /// parse_layers and OutputFile throw.
  SpikeStream(const std::string& layers, const std::string& path, const snn::Model& model);

  const std::vector<int>& layers() const { return layers_; }
  /// To be called for each input before its records; the first one's classes and length of a step are the stream's. Its
  /// recipe gets the stage "ossicle-predict" with the layers and a hash of the model, and what made it the number of neurons of
  /// each layer, as "1:100,output:10".
  void begin(const ear::Header& input);
  /// `record`: with any array, which is not read. spikes: [step][neuron]. Throws what ear::Writer::write throws.
  void write(ear::Record record, std::vector<std::uint8_t> spikes);
  /// Makes the stream final. Throws std::runtime_error if there was no input.
  void commit();

 private:
  std::vector<int> layers_;
  int n_neurons_ = 0;
  std::string neurons_;  // of each layer: "1:100,output:10"
  std::string model_hash_;
  OutputFile output_;
  std::optional<ear::Writer> writer_;  // from the first input on
};

}  // namespace tools
