#pragma once
// A network with initial parameters on a back end of its own, for the tests of the network.
#include <memory>
#include <vector>

#include "snn/model/init.h"
#include "snn/network/network.h"
#include "tests/snn/synthetic.h"

namespace support {

template <class Real>
struct NetworkRig {
  std::unique_ptr<snn::Backend<Real>> backend;
  snn::TrainingParams params;
  snn::Network<Real> network;

  explicit NetworkRig(const snn::TrainingParams& p = support::small_training(), int n_threads = 1)
      : backend(snn::make_cpu_backend<Real>(n_threads, "auto")), params(p), network(p.network, p.gradient, *backend) {
    network.set_parameters(snn::initial_parameters(p.network, p.init, p.seed));
  }

  snn::Batch forward(const snn::Dataset& dataset, const std::vector<int>& indices) {
    snn::Batch batch = snn::make_batch(dataset, indices);
    network.forward(batch);
    return batch;
  }
  double backward(const snn::Dataset& dataset, const std::vector<int>& indices) {
    forward(dataset, indices);
    network.backward(params.loss);
    return network.loss();
  }
  std::vector<Real> gradients() const { return network.gradient_buffer().download(); }
};

}  // namespace support
