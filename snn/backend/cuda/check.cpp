#include "snn/backend/cuda/check.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string>

#include "snn/backend/out_of_memory.h"

namespace snn::cuda {

void fail(cudaError_t error, const char* what) {
  const std::string text = fmt::format("CUDA: {}: {} ({})", what, cudaGetErrorString(error), cudaGetErrorName(error));
  if (error != cudaErrorMemoryAllocation) throw std::runtime_error(text);
  cudaGetLastError();  // or the next call would report it once more
  throw OutOfMemory(text);
}

void fail(cublasStatus_t status, const char* what) {
  const std::string text = fmt::format("cuBLAS: {}: {}", what, cublasGetStatusString(status));
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw OutOfMemory(text);
  throw std::runtime_error(text);
}

}  // namespace snn::cuda
