#pragma once
// Where the arrays of a network lie in one flat buffer: parameters, gradients and moments share it.
#include <cstddef>
#include <vector>

#include "snn/model/parameter_list.h"

namespace snn {

/// Trained arrays first, so that norm and optimiser walk one range.
class ArrayLayout {
 public:
  struct Entry {
    ParameterInfo info;
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  explicit ArrayLayout(const NetworkParams& params);

  /// In the order of parameter_list.
  const std::vector<Entry>& entries() const { return entries_; }
  /// Null if there is no such array; from is ignored for neuron parameters.
  const Entry* find(ParameterKind kind, int from, int to) const;
  /// Where the synaptic weights end, which are all trained and lie first, and what else is trained begins: w_self, then theta.
  std::size_t n_weights() const { return n_weights_; }
  std::size_t n_trained() const { return n_trained_; }
  std::size_t n_values() const { return n_values_; }

 private:
  std::vector<Entry> entries_;
  std::size_t n_weights_ = 0, n_trained_ = 0, n_values_ = 0;
};

}  // namespace snn
