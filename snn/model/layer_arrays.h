#pragma once
// Where the arrays that end in a layer lie among a network's parameters, and whom it is connected with.
#include <cstddef>
#include <optional>
#include <vector>

#include "snn/model/parameter_list.h"

namespace snn {

/// A connection at one of its ends: the population at the other end, its neurons, and where w [delays][to][from] lies.
struct Connection {
  int population = 0;
  int n_neurons = 0;
  std::size_t weight = 0;
  std::vector<int> delays;  ///< steps, ascending
};

/// Offsets into the flat buffer of an ArrayLayout; none of an array that the layer has not.
struct LayerArrays {
  using Offset = std::optional<std::size_t>;

  /// index: 1..L.
  LayerArrays(const NetworkParams& params, const ArrayLayout& layout, int index);

  std::vector<Connection> incoming, outgoing;
  Offset lateral;  ///< [N][N]
  Offset theta, w_self, adaptation, rho, bias, gain, mean, variance;
  bool trains_theta = false;

 private:
  void take(const ArrayLayout::Entry& entry);
};

}  // namespace snn
