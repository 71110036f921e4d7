#pragma once
// The CUDA back end, a library of its own: loaded when a CUDA device is asked for, so that nobody else waits for it.
// It is looked for where the loader would look, but never in the working folder.
#include <memory>
#include <string>

#include "snn/backend/backend.h"

namespace snn {

/// A CUDA device that can be used.
struct CudaDevice {
  std::string device;  ///< "cuda:0"
  std::string label;   ///< "cuda:0 (NVIDIA H100 80GB HBM3)"
};

/// Of a choice with a device "cuda" or "cuda:N". Throws std::runtime_error if the library is not there, does not fit this
/// program or cannot be loaded, or if the device cannot be used; std::invalid_argument for another device or precision.
CudaDevice find_cuda_device(const BackendChoice& choice);
/// Throws the same.
std::unique_ptr<Backend<float>> load_cuda_backend(const BackendChoice& choice);

}  // namespace snn
