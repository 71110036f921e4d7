#pragma once
// Named arrays on their way to and from files.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace snn {

/// A float32 array in C order; values.size() is the product of the shape.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  bool operator==(const Tensor&) const = default;
};

using Tensors = std::map<std::string, Tensor>;

}  // namespace snn
