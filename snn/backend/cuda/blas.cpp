#include "snn/backend/cuda/blas.h"

#include <fmt/format.h>

namespace snn::cuda {

namespace {

constexpr int kTensorMajor = 8;  // from this compute capability on there are multipliers for both

cublasComputeType_t compute_type(Precision precision) {
  switch (precision) {
    case Precision::kTf32:
      return CUBLAS_COMPUTE_32F_FAST_TF32;
    case Precision::kBf16:
      return CUBLAS_COMPUTE_32F_FAST_16BF;
    case Precision::kFp32:
      break;
  }
  return CUBLAS_COMPUTE_32F;
}

}  // namespace

Precision parse_precision(const std::string& name, const Device& device) {
  if (name == "fp32") return Precision::kFp32;
  if ((name == "tf32" || name == "bf16") && device.major < kTensorMajor) {
    throw std::invalid_argument(fmt::format("precision '{}': {} has compute capability {}.{}, wanted {}.0 or newer",
                                            name, device.label(), device.major, device.minor, kTensorMajor));
  }
  if (name == "tf32") return Precision::kTf32;
  if (name == "bf16") return Precision::kBf16;
  throw std::invalid_argument(fmt::format("precision '{}': wanted fp32, tf32 or bf16", name));
}

Blas::Blas(DeviceMemory& memory, cudaStream_t stream, Precision precision)
    : memory_(&memory), workspace_(memory.take(kCudaWorkspaceBytes)), compute_(compute_type(precision)) {
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
