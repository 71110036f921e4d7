#pragma once
// Matrix products by cuBLAS.
#include <cublas_v2.h>

#include <string>

#include "snn/backend/backend.h"
#include "snn/backend/cuda/device_memory.h"
#include "snn/backend/cuda/sizes.h"

namespace snn::cuda {

/// How cuBLAS multiplies by a precision "fp32", "tf32" or "bf16"; it adds in float in any case. Throws std::invalid_argument for
/// another name, and for what the device has no multipliers for: cuBLAS would compute in fp32 and say nothing.
cublasComputeType_t parse_precision(const std::string& name, const Device& device);

/// cuBLAS on one stream, with a workspace of its own: it takes none in between, so that products can be recorded, and on one
/// stream it adds in an order that depends on the sizes and the device alone. It splits long sums by itself.
class Blas {
 public:
  /// Both must outlive it. Throws std::runtime_error.
  Blas(DeviceMemory& memory, cudaStream_t stream, cublasComputeType_t compute);
  ~Blas();
  Blas(const Blas&) = delete;
  Blas& operator=(const Blas&) = delete;

  /// Real: float; tests add double.
  template <class Real>
  void multiply(const Product<Real>& product) const;

 private:
  template <class Real>
  void multiply_as(const Product<Real>& product, cudaDataType_t type, cublasComputeType_t compute) const;

  DeviceMemory* memory_;
  void* workspace_;
  cublasHandle_t handle_ = nullptr;
  cublasComputeType_t compute_;
};

/// cuBLAS is column-major and sees every matrix of ours transposed, so it is asked for C^T = op(B)^T op(A)^T.
template <class Real>
void Blas::multiply_as(const Product<Real>& p, cudaDataType_t type, cublasComputeType_t compute) const {
  const Real one = Real(1), keep = p.accumulate ? Real(1) : Real(0);
  check(cublasGemmEx(handle_, p.b_transposed ? CUBLAS_OP_T : CUBLAS_OP_N, p.a_transposed ? CUBLAS_OP_T : CUBLAS_OP_N,
                     p.n, p.m, p.k, &one, p.b, type, pitch(p.b_transposed ? p.k : p.n), p.a, type,
                     pitch(p.a_transposed ? p.m : p.k), &keep, p.c, type, pitch(p.n), compute, CUBLAS_GEMM_DEFAULT),
        "a matrix product");
}

template <>
inline void Blas::multiply(const Product<float>& product) const {
  multiply_as(product, CUDA_R_32F, compute_);
}

}  // namespace snn::cuda
