#pragma once
// What the ear hands to its kernel for a lane.
#include <memory>
#include <vector>

#include "frontend/lyon/kernel.h"

namespace ear {

/// The low-pass of one decimation as the kernel reads it.
struct LaneLowPass {
  float keep = 0.0F, cross = 0.0F;
  std::vector<float> weights;  // [D][2]

  LaneLowPass(double tau_factor, int decimation);
};

/// Memory for the kernel's state. Throws std::bad_alloc.
using LaneMemory = std::unique_ptr<void, void (*)(void*)>;
LaneMemory lane_memory(const EarKernel& kernel, int n_rows);

}  // namespace ear
