#pragma once
// A network that hears an utterance in pieces, on the CPU: each step costs the same, however many went before.
//
//   const snn::StreamingNetwork network(model.training.network, model.parameters, "auto");
//   snn::NetworkStream stream(network);
//   while (...) stream.push(values);      // whole steps
//   stream.class_sums();                  // as of Network::infer() on the whole
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "snn/model/coeffs.h"
#include "snn/model/layer_arrays.h"
#include "snn/model/tensors.h"
#include "snn/scan/forward_state.h"
#include "snn/scan/tile.h"

namespace snn {

template <class Real>
struct ForwardTiles;
template <class Real>
struct Kernels;

/// A network laid out for streams. Nothing in it changes, so any number of streams and threads share one.
class StreamingNetwork {
 public:
  /// isa: as of make_cpu_backend. Throws std::invalid_argument for parameters out of range, arrays that are not those of
  /// parameter_list(params), a normalised network (fold it: folding.h), or a layer of more neurons than kMostNeurons.
  StreamingNetwork(const NetworkParams& params, const Tensors& parameters, const std::string& isa);

  const NetworkParams& params() const { return params_; }

 private:
  friend class NetworkStream;

  /// A layer's arrays, and its weights as events want them.
  struct Layer {
    LayerArrays arrays;
    std::vector<std::vector<float>> panels;  // of incoming connections; empty of those from the input
    std::vector<float> lateral;              // of the lateral matrix
  };

  int n_neurons(int population) const { return params_.sizes[static_cast<std::size_t>(population)]; }
  bool fires(int layer) const { return layer < params_.n_layers() || params_.output_layer == OutputLayer::kSpiking; }
  const float* at(const LayerArrays::Offset& offset) const { return offset ? values_.data() + *offset : nullptr; }

  NetworkParams params_;
  Coeffs<float> coeffs_;
  const Kernels<float>* kernels_;
  std::vector<float> values_;  // all arrays, by ArrayLayout
  std::vector<Layer> layers_;
  int n_past_ = 1;  // steps that a connection may look back, at least one
};

/// One utterance after the other. Used by one thread at a time.
class NetworkStream {
 public:
  /// `network` must outlive the stream.
  explicit NetworkStream(const StreamingNetwork& network);

  /// Forgets what it heard: the next step is the first one of an utterance.
  void begin();
  /// Hears further steps, [steps][C] as the stream of the training has them. Throws std::invalid_argument for a number of values
  /// that is no multiple of C.
  void push(std::span<const float> values);

  /// Since begin(): steps; summed output PSC of each class, [K], with the bits that Network::infer() gives for the whole.
  std::int64_t n_steps() const { return n_steps_; }
  const std::vector<float>& class_sums() const { return sums_; }
  /// Since begin(): spikes of layer 1..L.
  std::int64_t spike_count(int layer) const;
  /// Of the last push(): spikes [steps][N] of layer 1..L, 0 or 1; none of an output layer that does not fire.
  const std::vector<std::uint8_t>& spikes(int layer) const { return layers_.at(index(layer)).last_spikes; }

 private:
  /// What is kept of a layer. Arrays over time begin with the n_past steps before.
  struct Layer {
    std::vector<ForwardTile<float, kTileWidth>> tiles;
    std::vector<std::uint64_t> words;  // [past and new rows][words]
    std::vector<std::uint32_t> begin;  // events of these rows
    std::vector<std::uint16_t> events;
    std::vector<float> arrives;      // of a recurrent layer, room
    std::vector<std::uint16_t> own;  // likewise
    std::vector<std::uint8_t> last_spikes;
  };

  static std::size_t index(int layer) { return static_cast<std::size_t>(layer) - 1; }
  void hear(const float* values, int n_steps);
  void gather(const float* values, int n_steps);
  void run_layer(int layer, int n_steps);
  bool add_input(int layer, int n_steps);
  ForwardTiles<float> tiles_of(int layer, int n_steps, bool has_drive);
  void read_out(int n_steps);
  void keep_spikes(int layer, int n_steps);
  void add_sums(const float* psc, int n_steps);

  const StreamingNetwork& network_;
  std::vector<float> raw_;    // [1 + steps][C], the step before, then the new ones
  std::vector<float> input_;  // [past and new rows][C]
  std::vector<Layer> layers_;
  std::vector<float> drive_;    // [steps][N], of the layer at work
  std::vector<float> psc_;      // [past and new rows][K], of an output layer that fires
  std::vector<float> readout_;  // [2][K], of one that does not
  std::vector<float> sums_;
  std::vector<int> counts_;  // room
  std::int64_t n_steps_ = 0;
  bool begins_ = true;
};

}  // namespace snn
