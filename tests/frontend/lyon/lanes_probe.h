#pragma once
// What the lanes of each instruction set make of numbers. Plain structs only, for the reason that kernel.h gives.
namespace lanes_probe {

inline constexpr int kMostLanes = 16;

/// One element for each of the first n_lanes lanes.
struct Results {
  int n_lanes;
  float splat[kMostLanes];       ///< of a[0]
  float larger[kMostLanes];      ///< of a and b
  double widened[kMostLanes];    ///< a
  float sum[kMostLanes];         ///< a + b in double, narrowed
  float difference[kMostLanes];  ///< a - b
  float product[kMostLanes];     ///< factor a
};

/// a, b: [kMostLanes].
using Probe = Results(const float* a, const float* b, double factor);

namespace baseline {
Probe probe;
}
namespace avx2 {
Probe probe;
}
namespace avx512 {
Probe probe;
}

}  // namespace lanes_probe
