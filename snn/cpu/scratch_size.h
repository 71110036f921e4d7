#pragma once
// Scratch memory of the CPU's products, estimated.
#include "snn/params.h"
#include "snn/scratch_size.h"

namespace snn {

/// With a tenth of all neurons and steps firing; the lists are small beside the rest. n_threads 0: all that the machine
/// offers.
ScratchSize cpu_scratch_size(const NetworkParams& params, const BatchSize& batch, int n_threads);

}  // namespace snn
