#pragma once
// The CUDA back end on the stand-in of tests/emulated/, in float and in double.
#include <emulated.h>

#include "snn/cuda/cuda_backend.cuh"

namespace support {

template <class Real>
std::unique_ptr<snn::Backend<Real>> make_emulated_backend(const std::string& precision = "fp32") {
  return std::make_unique<snn::cuda::CudaBackend<Real>>(snn::BackendChoice{.device = "cuda", .precision = precision});
}

}  // namespace support
