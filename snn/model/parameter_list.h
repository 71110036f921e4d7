#pragma once
// Which arrays a network has: names, shapes and order, used by the network, its files and its optimiser alike.
#include <cstdint>
#include <string>
#include <vector>

#include "snn/model/params.h"
#include "snn/model/tensors.h"

namespace snn {

enum class ParameterKind {
  kWeight,      ///< w_K_L, [to][from] = [N_L][N_K]
  kSelfWeight,  ///< w_self_L, [N_L]
  kTheta,       ///< theta_L, [N_L]; of every layer, trained or not
};

struct ParameterInfo {
  std::string name;  ///< as in model files: w_0_1, w_self_1, theta_1
  ParameterKind kind = ParameterKind::kWeight;
  int from = 0;  ///< population; equals `to` for self-recurrent weights and theta
  int to = 0;    ///< layer, 1..L
  std::vector<std::int64_t> shape;
  bool trained = true;  ///< false for the theta of a layer without BIP
  std::int64_t n_values() const;
  bool operator==(const ParameterInfo&) const = default;
};

/// Every array of the network in its one order: w of the connections (l-1, l) for l = 1..L, w of the skips in the order
/// given, then w_self and then theta by ascending layer. Throws what validate(NetworkParams) throws.
std::vector<ParameterInfo> parameter_list(const NetworkParams& params);

/// Throws std::invalid_argument naming the array if one is missing, unknown, of another shape or holds a value that is
/// not finite.
void check_parameters(const NetworkParams& params, const Tensors& tensors);

}  // namespace snn
