#pragma once
// Scratch memory of the CPU's products, estimated.
#include "snn/backend/scratch_size.h"
#include "snn/model/params.h"

namespace snn {

/// With a tenth of all neurons and steps firing, so by events; a layer that fires in most steps takes a few arrays of its
/// size more. n_threads 0: all that the machine
/// offers.
ScratchSize cpu_scratch_size(const NetworkParams& params, const BatchSize& batch, int n_threads);

}  // namespace snn
