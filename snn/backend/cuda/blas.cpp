#include "snn/backend/cuda/blas.h"

#include <fmt/format.h>

namespace snn::cuda {

cublasComputeType_t parse_precision(const std::string& name, const Device& device) {
  constexpr int kTensorMajor = 8;  // from this compute capability on there are multipliers for both
  if (name == "fp32") return CUBLAS_COMPUTE_32F;
  if (name != "tf32" && name != "bf16")
    throw std::invalid_argument(fmt::format("precision '{}': wanted fp32, tf32 or bf16", name));
  if (device.major < kTensorMajor) {
    throw std::invalid_argument(fmt::format("precision '{}': {} has compute capability {}.{}, wanted {}.0 or newer",
                                            name, device.label(), device.major, device.minor, kTensorMajor));
  }
  return name == "tf32" ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F_FAST_16BF;
}

Blas::Blas(DeviceMemory& memory, cudaStream_t stream, cublasComputeType_t compute)
    : memory_(&memory), workspace_(memory.take(kCudaWorkspaceBytes)), compute_(compute) {
  cublasStatus_t status = cublasCreate(&handle_);
  if (status == CUBLAS_STATUS_SUCCESS) status = cublasSetStream(handle_, stream);
  if (status == CUBLAS_STATUS_SUCCESS) status = cublasSetWorkspace(handle_, workspace_, kCudaWorkspaceBytes);
  if (status == CUBLAS_STATUS_SUCCESS) return;
  if (handle_ != nullptr) cublasDestroy(handle_);
  memory.release(workspace_);
  check(status, "starting (it wants some 100 MB of device memory)");
}

Blas::~Blas() {
  cublasDestroy(handle_);
  memory_->release(workspace_);
}

}  // namespace snn::cuda
