#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "scripts/bench/case.h"
#include "scripts/bench/serve.h"
#include "snn/batch.h"
#include "snn/network.h"
#include "snn/optimiser.h"
#include "snn/stored_dataset.h"

namespace bench {

/// Our network: "step" is what the trainer does for a batch (gather and shift the utterances, forward pass, loss and
/// backward pass, update), "infer" what the evaluation does. Every step starts from the same parameters, so that it
/// never leaves the wanted firing rates.
class NetworkContender {
 public:
  /// --rates 0.05 (or one of each hidden layer) on made data, or --model FILE --data STREAM; --threads 1,
  /// --rule surrogate, --isa baseline (the best one by default). Throws std::invalid_argument.
  NetworkContender(const Case& each, const Flags& flags);
  Parts step();
  Parts infer();
  /// Its instruction set and firing rates, for the record.
  std::string about();

 private:
  void gather(bool shifted);  // the next batch

  Case case_;
  std::string isa_;
  snn::Dataset dataset_;
  std::unique_ptr<snn::Backend<float>> backend_;
  std::unique_ptr<snn::Network<float>> network_;
  std::unique_ptr<snn::Optimiser<float>> optimiser_;
  std::vector<float> parameters_;  // as they are before each step
  std::unique_ptr<snn::StoredDataset> values_;
  int n_done_ = 0;
};

}  // namespace bench
