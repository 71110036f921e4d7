#pragma once
// Which arrays a network has: names, shapes and order, used by the network, its files and its optimiser alike; and where they
// lie in one flat buffer.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "snn/base/pitch.h"
#include "snn/model/params.h"
#include "snn/model/tensors.h"

namespace snn {

enum class ParameterKind {
  kWeight,         ///< w_K_L, or w_K_L_dD with a delay of D steps, [to][from] = [N_L][N_K]
  kSelfWeight,     ///< w_self_L, [N_L]
  kTheta,          ///< theta_L, [N_L]; of every layer, trained or not
  kBias,           ///< bias_L, [N_L]
  kAdaptation,     ///< adapt_L, [N_L]: its strength
  kRho,            ///< rho_L, [N_L]: decay of adaptation
  kNormGain,       ///< norm_gain_L, [N_L]
  kNormMean,       ///< norm_mean_L, [N_L]: running mean of the drive, not trained but kept
  kNormVar,        ///< norm_var_L, [N_L]: its variance, likewise
  kLateralWeight,  ///< w_rec_L, [to][from] = [N_L][N_L], with a delay of one step [ScSr Eq. 11]
};

/// Whether an array is a matrix of synapses.
constexpr bool is_synaptic(ParameterKind kind) {
  return kind == ParameterKind::kWeight || kind == ParameterKind::kLateralWeight;
}

struct ParameterInfo {
  std::string name;  ///< as in model files: w_0_1, w_self_1, theta_1
  ParameterKind kind = ParameterKind::kWeight;
  int from = 0;   ///< population; equals `to` for self-recurrent weights and theta
  int to = 0;     ///< layer, 1..L
  int delay = 0;  ///< of a weight, in steps
  std::vector<std::int64_t> shape;
  bool trained =
      true;  ///< false for the theta of a layer without BIP, running means and variances, and in frozen layers
  std::int64_t n_values() const;
  bool operator==(const ParameterInfo&) const = default;
};

/// Every array of the network in its one order: w of the connections (l-1, l) for l = 1..L, w of the skips in the order
/// given, each by ascending delay, w_rec of the recurrent layers; then w_self, theta, adapt, rho, bias and norm, each by ascending layer. Throws what validate(NetworkParams) throws.
std::vector<ParameterInfo> parameter_list(const NetworkParams& params);

/// Throws std::invalid_argument naming the array, with the prefix, if one of the list is missing, one is not in the list, or
/// one has another shape, a value that is not finite or one below `low`.
void check_arrays(std::span<const ParameterInfo> list, const Tensors& tensors, std::string_view prefix = "",
                  float low = std::numeric_limits<float>::lowest());
inline void check_parameters(const NetworkParams& params, const Tensors& tensors) {
  check_arrays(parameter_list(params), tensors);
}

/// Where the arrays lie in one flat buffer, which parameters, gradients and moments share: trained ones first, so that norm and
/// optimiser walk one range. Arrays and their rows begin at multiples of 16 bytes (pitch.h); in the gaps between them are zeros always.
class ArrayLayout {
 public:
  struct Entry {
    ParameterInfo info;
    std::size_t offset = 0;
    int rows = 1, columns = 0;  // of an array of one dimension: one row
    /// Numbers from the first one to the last, with the gaps between.
    std::size_t size() const { return pitched_area(rows - 1, columns) + static_cast<std::size_t>(columns); }
  };

  explicit ArrayLayout(const NetworkParams& params);

  /// In the order of parameter_list.
  const std::vector<Entry>& entries() const { return entries_; }
  /// All with gaps. Where the trained synaptic weights end, which lie first, and what else is trained begins: w_self, then theta.
  std::size_t n_weights() const { return n_weights_; }
  std::size_t n_trained() const { return n_trained_; }
  std::size_t n_values() const { return n_values_; }

 private:
  std::vector<Entry> entries_;
  std::size_t n_weights_ = 0, n_trained_ = 0, n_values_ = 0;
};

}  // namespace snn
