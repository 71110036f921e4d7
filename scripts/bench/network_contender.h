#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scripts/bench/case.h"
#include "scripts/bench/serve.h"
#include "snn/data/batch.h"
#include "snn/network/epoch_counts.h"
#include "snn/network/network.h"
#include "snn/train/optimiser.h"

namespace bench {

/// Our network. Every step starts from the same parameters, so that it never leaves the wanted firing rates.
///
/// step    What the trainer does for a batch: gather and shift the utterances, forward pass, loss and backward pass,
///         update. On the CPU only, with the time of each part.
/// infer   What the evaluation does for a batch, also on the CPU only.
/// steps   As many steps as --repeats says, in a row, and then one read-back as the trainer's, for a device that works
///         behind the caller's back. The learning rate is 0: the update does all its work and changes nothing.
/// infers  The same with inferences.
class NetworkContender {
 public:
  /// --rates 0.05 (or one of each hidden layer) on made data, or --model FILE --data STREAM; --threads 1,
  /// --rule surrogate, --isa baseline (the best one by default), --device cpu, --precision fp32, --repeats 50.
  /// Throws std::invalid_argument, std::runtime_error for a device that cannot be used.
  NetworkContender(const Case& each, const Flags& flags);
  /// Those that its device has, by name.
  std::map<std::string, Operation> operations();
  /// Its device or instruction set, and firing rates, for the record.
  std::string about();

 private:
  snn::Tensors make_parameters(const Flags& flags, const std::string& isa);
  void gather(bool shifted);  // the next batch
  void run_step(snn::Optimiser<float>& optimiser, const std::function<void(const char*)>& on_part);
  void set_back();
  Parts step();
  Parts infer();
  Parts steps();
  Parts infers();

  Case case_;
  std::string label_;  // of the device
  bool on_cpu_ = true;
  int n_repeats_ = 1;
  snn::Dataset dataset_;
  std::unique_ptr<snn::Backend<float>> backend_;
  std::unique_ptr<snn::Network<float>> network_;
  std::unique_ptr<snn::Optimiser<float>> optimiser_, still_;  // still_: its learning rate is 0
  std::unique_ptr<snn::EpochCounts> counts_;
  std::vector<float> parameters_;  // as they are before each step
  std::shared_ptr<void> values_;   // of the data set, kept by the back end
  int n_done_ = 0;
};

}  // namespace bench
