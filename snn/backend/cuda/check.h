#pragma once
// Every call of the CUDA runtime and of cuBLAS passes here.
#include <cublas_v2.h>
#include <cuda_runtime.h>

namespace snn::cuda {

/// Throw std::runtime_error, OutOfMemory where that is why, naming what was tried and what CUDA or cuBLAS answered.
[[noreturn]] void fail(cudaError_t error, const char* what);
[[noreturn]] void fail(cublasStatus_t status, const char* what);

inline void check(cudaError_t error, const char* what) {
  if (error != cudaSuccess) fail(error, what);
}
inline void check(cublasStatus_t status, const char* what) {
  if (status != CUBLAS_STATUS_SUCCESS) fail(status, what);
}

}  // namespace snn::cuda
