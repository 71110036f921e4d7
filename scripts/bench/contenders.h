#pragma once
// The contenders of ossicle_bench that run a network, or the products in it. Each serves (serve.h) until stdin ends.
#include <string>

#include "snn/model/presets.h"
#include "tools/options/backend_options.h"

namespace bench {

/// What is measured: a network and the batch that it runs on.
struct Case {
  snn::NetworkParams network;
  int n_steps = 100;  ///< T
  int n_batch = 50;   ///< B
  // Of our network alone:
  double rate = 0.05;       ///< of spikes in each hidden layer, share of neurons and steps
  std::string model, data;  ///< files: a model in place of `network` and `rate`, and the stream that it runs on
  snn::GradientParams gradient;
  snn::LossParams loss;
  tools::BackendOptions where;
  int n_repeats = 1;  ///< of an operation in a row
};

/// The bare OpenBLAS products that a step or an inference cannot do without, on one thread. Per connection from I to N
/// neurons: forward [T B][I] x [I][N], weight gradient [N][T B] x [T B][I], and, unless it starts at the input, input
/// gradient [T B][N] x [N][I]. Throws std::runtime_error if OpenBLAS would use more threads, or if the environment chooses
/// its kernel.
void serve_products(const Case& each);

/// Our network. The learning rate is 0: the update does all its work, and the firing rates stay as they are.
///
/// step   What the trainer does for a batch: gather and shift the utterances, forward pass, loss and backward pass, update;
///        n_repeats times, then one read-back as the trainer's, for a device that works behind the caller's back. On the
///        CPU with the time of each part.
/// infer  The same with what the evaluation does for a batch.
///
/// Throws std::invalid_argument, std::runtime_error for a file or a device that cannot be used.
void serve_network(const Case& each);

/// Prints, as JSON, the time that a training step takes on the thread that launches it, without the device and its driver: drawing,
/// gathering what is sent, reading back, as the trainer does it with a data set that is kept on the device. data: a stream. No
/// contender: it ends.
void time_host_steps(const snn::TrainingChoices& choices, const std::string& data);

/// Prints, as JSON, what a listener costs on a recording in blocks of so many ms, and a recording stream if the model allows one: time
/// over duration, and the time of a block. No contender: it ends.
void time_listening(const std::string& model, const std::string& sound_path, int block_ms);

}  // namespace bench
