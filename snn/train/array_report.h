#pragma once
// What a log says of each array after an epoch.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "snn/model/array_layout.h"
#include "snn/model/tensors.h"
#include "snn/scan/reductions.h"

namespace snn {

/// L2 norms of an array's gradient, means over the updates of an epoch.
struct GradientReport {
  double norm = 0.0;     ///< before the clip
  double clipped = 0.0;  ///< behind it
  bool operator==(const GradientReport&) const = default;
};

/// An array's values at the end of an epoch.
struct ArrayReport {
  std::string name;
  double min = 0.0, mean = 0.0, max = 0.0;
  double rms = 0.0;                          ///< root of the mean square
  std::optional<GradientReport> gradient{};  ///< of a trained array
  bool operator==(const ArrayReport&) const = default;
};

/// Of all arrays, in the order of the layout. gradients: of the trained ones, in the same order, over n_updates. Throws
/// std::invalid_argument for gradients of another number of arrays, std::out_of_range for an array that is missing.
std::vector<ArrayReport> array_reports(const ArrayLayout& layout, const Tensors& parameters,
                                       std::span<const ArrayGradient> gradients, std::int64_t n_updates);

}  // namespace snn
