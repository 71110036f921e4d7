#pragma once
// What the products and scans of the CUDA back end take, in the memory of the device.
#include <algorithm>
#include <numeric>

#include "snn/backend/scratch_size.h"
#include "snn/model/params.h"

namespace snn {

/// Rows are filled up to multiples of it: then batches of about the same length share a graph.
inline constexpr int kCudaRowStep = 128;
/// Of cuBLAS, for all its products.
inline constexpr std::size_t kCudaWorkspaceBytes = std::size_t{32} << 20;

/// In bytes, float: the workspace, spikes as numbers, and one array over time of the widest layer, which inference wants and,
/// by the step rule, the gradient.
inline ScratchSize cuda_scratch_size(const NetworkParams& params, const BatchSize& batch) {
  const int widest = *std::max_element(params.sizes.begin() + 1, params.sizes.end());
  const int n_hidden = std::accumulate(params.sizes.begin() + 1, params.sizes.end() - 1, 0);
  const std::size_t step = (static_cast<std::size_t>(batch.n_rows) + kCudaRowStep) * sizeof(float);
  return {.forward = kCudaWorkspaceBytes,
          .inference = step * static_cast<std::size_t>(widest),
          .gradient = step * static_cast<std::size_t>(widest),
          .spikes = step * static_cast<std::size_t>(n_hidden)};
}

}  // namespace snn
