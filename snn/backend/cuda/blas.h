#pragma once
// Matrix products by cuBLAS.
#include <cublas_v2.h>

#include <string>

#include "snn/backend/cuda/device_memory.h"
#include "snn/backend/cuda/scratch_size.h"
#include "snn/backend/product.h"

namespace snn::cuda {

/// Of the numbers that a product multiplies; it adds in float in any case.
enum class Precision { kFp32, kTf32, kBf16 };

/// "fp32", "tf32" or "bf16". Throws std::invalid_argument for another name, and for what the device has no multipliers for:
/// cuBLAS would compute in fp32 and say nothing.
Precision parse_precision(const std::string& name, const Device& device);

/// cuBLAS on one stream, with a workspace of its own: it takes none in between, so that products can be recorded, and on one
/// stream it adds in an order that depends on the sizes and the device alone. It splits long sums by itself.
class Blas {
 public:
  /// Both must outlive it. Throws std::runtime_error.
  Blas(DeviceMemory& memory, cudaStream_t stream, Precision precision);
  ~Blas();
  Blas(const Blas&) = delete;
  Blas& operator=(const Blas&) = delete;

  void multiply(const Product<float>& product);
  void multiply(const Product<double>& product);

 private:
  DeviceMemory* memory_;
  void* workspace_;
  cublasHandle_t handle_ = nullptr;
  cublasComputeType_t float_compute_;
};

}  // namespace snn::cuda
