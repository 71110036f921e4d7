#pragma once
// Small made-up data sets and networks for the tests of network, optimiser and trainer.
#include "snn/data/dataset.h"
#include "snn/model/params.h"

namespace support {

/// Rasters in which the channels of the utterance's class fire often and the others seldom.
struct SyntheticOptions {
  int n_channels = 12;
  int n_classes = 4;
  int n_utterances = 24;
  int min_steps = 10, max_steps = 30;  // lengths go round through this range
  double own_rate = 0.6, other_rate = 0.05;
  std::uint32_t seed = 1;
};
snn::Dataset synthetic(const SyntheticOptions& options = {});

/// A network of two hidden layers for the default data set, with self-connections, skips 0:2 and 1:3, and intrinsic
/// plasticity, whose layers all fire; recipe "best" otherwise.
snn::TrainingParams small_training();
/// Gives the network everything beyond the paper's: delays, adaptation, normalised drives, an output layer of means.
void add_all_parts(snn::TrainingParams& params);

}  // namespace support
