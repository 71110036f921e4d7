// cuBLAS: handles, what a product must keep to, and the product as work of a stream.
#include <cublas_v2.h>

#include "tests/emulated/machine.h"
#include "tests/emulated/product.h"

namespace emulated {

namespace {

constexpr std::uintptr_t kWorkspaceAlignment = 256;

/// A cuBLAS call: `body` under the lock, unless there is trouble.
template <typename Body>
cublasStatus_t blas_call(cublasStatus_t in_trouble, Body body) {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  start(m);
  return trouble(m) == cudaSuccess ? body(m) : in_trouble;
}

cublasStatus_t refuse_blas(Machine& m, cublasStatus_t status, const std::string& reason) {
  m.refusal = reason;
  return status;
}

struct Matrix {
  const void* data;
  cudaDataType_t type;
  int n_rows, n_columns, ld;
};

std::size_t size_of(cudaDataType_t type) {
  return type == CUDA_R_64F ? sizeof(double) : sizeof(float);
}

std::size_t bytes_of(const Matrix& matrix) {
  const auto n = static_cast<std::size_t>(matrix.n_columns - 1) * matrix.ld + matrix.n_rows;
  return n * size_of(matrix.type);
}

struct Gemm {
  cublasOperation_t op_a, op_b;
  int m, n, k;
  double alpha, beta;
  Matrix a, b, c;
  cublasComputeType_t compute;
};

bool valid(const Matrix& matrix) {
  return matrix.ld >= matrix.n_rows && reinterpret_cast<std::uintptr_t>(matrix.data) % size_of(matrix.type) == 0;
}

/// Whether every column begins where cuBLAS wants it for the tensor cores.
bool aligned(const Matrix& matrix) {
  constexpr std::size_t kAlignment = 16;
  return reinterpret_cast<std::uintptr_t>(matrix.data) % kAlignment == 0 &&
         static_cast<std::size_t>(matrix.ld) * size_of(matrix.type) % kAlignment == 0;
}

bool overlap(const Matrix& a, const Matrix& b) {
  const auto first = reinterpret_cast<std::uintptr_t>(a.data), second = reinterpret_cast<std::uintptr_t>(b.data);
  return first < second + bytes_of(b) && second < first + bytes_of(a);
}

bool supported(const Gemm& gemm) {
  const cudaDataType_t wanted = gemm.compute == CUBLAS_COMPUTE_64F ? CUDA_R_64F : CUDA_R_32F;
  return gemm.a.type == wanted && gemm.b.type == wanted && gemm.c.type == wanted;
}

cublasStatus_t check(Machine& m, const Gemm& gemm) {
  if (!supported(gemm)) {
    return refuse_blas(m, CUBLAS_STATUS_NOT_SUPPORTED, "cublasGemmEx: types that do not go together here");
  }
  if (gemm.m < 1 || gemm.n < 1 || gemm.k < 1) {
    return refuse_blas(m, CUBLAS_STATUS_INVALID_VALUE, "cublasGemmEx: a size below 1");
  }
  if (!valid(gemm.a) || !valid(gemm.b) || !valid(gemm.c)) {
    return refuse_blas(m, CUBLAS_STATUS_INVALID_VALUE,
                       "cublasGemmEx: a leading dimension too small, or a misaligned pointer");
  }
  if (overlap(gemm.c, gemm.a) || overlap(gemm.c, gemm.b)) {
    return refuse_blas(m, CUBLAS_STATUS_INVALID_VALUE, "cublasGemmEx: C lies on an operand");
  }
  return CUBLAS_STATUS_SUCCESS;
}

Rounding rounding_of(cublasComputeType_t compute) {
  if (compute == CUBLAS_COMPUTE_32F_FAST_TF32) return Rounding::tf32;
  return compute == CUBLAS_COMPUTE_32F_FAST_16BF ? Rounding::bf16 : Rounding::none;
}

template <typename T>
void multiply(const Gemm& gemm) {
  const auto pointer = [](const Matrix& matrix) { return static_cast<const T*>(matrix.data); };
  multiply(Product<T>{gemm.op_a != CUBLAS_OP_N, gemm.op_b != CUBLAS_OP_N, gemm.m, gemm.n, gemm.k,
                      static_cast<T>(gemm.alpha), pointer(gemm.a), gemm.a.ld, pointer(gemm.b), gemm.b.ld,
                      static_cast<T>(gemm.beta), const_cast<T*>(pointer(gemm.c)), gemm.c.ld,
                      rounding_of(gemm.compute)});
}

/// `handle` as it was at the call.
cudaError_t run(Machine& m, const Gemm& gemm, const cublasContext& handle) {
  const auto check = [&](const char* name, const void* data, std::size_t n_bytes) {
    if (m.memory->where(data, n_bytes) == handle.device) return cudaSuccess;
    return refuse(m, cudaErrorIllegalAddress,
                  std::string("cublasGemmEx: ") + name + " of " + std::to_string(n_bytes) +
                      " bytes does not lie whole in an allocation of the device");
  };
  if (const cudaError_t error = check("A", gemm.a.data, bytes_of(gemm.a))) return error;
  if (const cudaError_t error = check("B", gemm.b.data, bytes_of(gemm.b))) return error;
  if (const cudaError_t error = check("C", gemm.c.data, bytes_of(gemm.c))) return error;
  if (const cudaError_t error = check("the workspace", handle.workspace, handle.workspace_bytes)) return error;
  gemm.compute == CUBLAS_COMPUTE_64F ? multiply<double>(gemm) : multiply<float>(gemm);
  return cudaSuccess;
}

double scalar(const void* value, cublasComputeType_t compute) {
  return compute == CUBLAS_COMPUTE_64F ? *static_cast<const double*>(value)
                                       : static_cast<double>(*static_cast<const float*>(value));
}

cublasStatus_t submit_gemm(Machine& m, const cublasContext& handle, const Gemm& gemm) {
  if (const cublasStatus_t status = check(m, gemm)) return status;
  if (check_stream(m, handle.stream) != cudaSuccess) return CUBLAS_STATUS_EXECUTION_FAILED;
  if (handle.workspace == nullptr) {
    return refuse_blas(m, CUBLAS_STATUS_EXECUTION_FAILED,
                       "cublasGemmEx: no workspace was given since the stream was set");
  }
  const auto letter = [](cublasOperation_t op) { return op == CUBLAS_OP_N ? 'N' : 'T'; };
  if (!aligned(gemm.a) || !aligned(gemm.b) || !aligned(gemm.c)) ++m.counts.n_gemms_unaligned;
  const std::string name = std::string("gemm ") + letter(gemm.op_a) + letter(gemm.op_b);
  const auto run_gemm = [&m, gemm, handle] { return run(m, gemm, handle); };
  const cudaError_t error = submit(m, handle.stream, {run_gemm, &Counts::n_gemms, name});
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

}  // namespace

}  // namespace emulated

using emulated::blas_call;
using emulated::Machine;

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  return blas_call(CUBLAS_STATUS_NOT_INITIALIZED, [&](Machine& m) {
    if (emulated::refuse_in_capture(m) != cudaSuccess) return CUBLAS_STATUS_ALLOC_FAILED;
    *handle = m.blas.add({emulated::thread_state().device});
    return CUBLAS_STATUS_SUCCESS;
  });
}

cublasStatus_t cublasDestroy_v2(cublasHandle_t handle) {
  return blas_call(CUBLAS_STATUS_EXECUTION_FAILED, [&](Machine& m) {
    if (!m.blas.has(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (emulated::refuse_in_capture(m) != cudaSuccess) return CUBLAS_STATUS_EXECUTION_FAILED;
    m.blas.remove(handle);
    return emulated::synchronise_all(m) == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
  });
}

cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t stream) {
  return blas_call(CUBLAS_STATUS_EXECUTION_FAILED, [&](Machine& m) {
    if (!m.blas.has(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (emulated::check_stream(m, stream) != cudaSuccess) return CUBLAS_STATUS_INVALID_VALUE;
    if (stream->device != handle->device) {
      return emulated::refuse_blas(m, CUBLAS_STATUS_INVALID_VALUE, "cublasSetStream: a stream of another device");
    }
    *handle = {.device = handle->device, .stream = stream};  // cuBLAS then goes back to its own workspace
    return CUBLAS_STATUS_SUCCESS;
  });
}

cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, std::size_t n_bytes) {
  return blas_call(CUBLAS_STATUS_EXECUTION_FAILED, [&](Machine& m) {
    if (!m.blas.has(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (reinterpret_cast<std::uintptr_t>(workspace) % emulated::kWorkspaceAlignment != 0 ||
        m.memory->where(workspace, n_bytes) != handle->device) {
      return emulated::refuse_blas(m, CUBLAS_STATUS_INVALID_VALUE,
                                   "cublasSetWorkspace: not aligned memory of the device");
    }
    handle->workspace = workspace;
    handle->workspace_bytes = n_bytes;
    return CUBLAS_STATUS_SUCCESS;
  });
}

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b, int m, int n, int k,
                            const void* alpha, const void* a, cudaDataType_t type_a, int ld_a, const void* b,
                            cudaDataType_t type_b, int ld_b, const void* beta, void* c, cudaDataType_t type_c, int ld_c,
                            cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
  return blas_call(CUBLAS_STATUS_EXECUTION_FAILED, [&](Machine& machine) {
    if (!machine.blas.has(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (algorithm != CUBLAS_GEMM_DEFAULT) return CUBLAS_STATUS_NOT_SUPPORTED;
    const bool turn_a = op_a != CUBLAS_OP_N, turn_b = op_b != CUBLAS_OP_N;
    return emulated::submit_gemm(
        machine, *handle,
        {op_a, op_b, m, n, k, emulated::scalar(alpha, compute), emulated::scalar(beta, compute),
         emulated::Matrix{a, type_a, turn_a ? k : m, turn_a ? m : k, ld_a},
         emulated::Matrix{b, type_b, turn_b ? n : k, turn_b ? k : n, ld_b}, emulated::Matrix{c, type_c, m, n, ld_c},
         compute});
  });
}
