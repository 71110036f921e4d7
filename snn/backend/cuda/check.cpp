#include "snn/backend/cuda/check.h"

#include <fmt/format.h>

#include <stdexcept>

namespace snn::cuda {

void fail(cudaError_t error, const char* what) {
  throw std::runtime_error(fmt::format("CUDA: {}: {} ({})", what, cudaGetErrorString(error), cudaGetErrorName(error)));
}

void fail(cublasStatus_t status, const char* what) {
  throw std::runtime_error(fmt::format("cuBLAS: {}: {}", what, cublasGetStatusString(status)));
}

}  // namespace snn::cuda
