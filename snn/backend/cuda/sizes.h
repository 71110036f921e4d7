#pragma once
// What the CUDA back end fixes, for those who cannot include its headers.
#include <cstddef>

namespace snn {

/// Rows are filled up to multiples of it: then batches of about the same length share a graph.
inline constexpr int kCudaRowStep = 128;
/// Of cuBLAS, for all its products.
inline constexpr std::size_t kCudaWorkspaceBytes = std::size_t{32} << 20;

}  // namespace snn
