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
  cudaDataType type;
  int n_rows, n_columns, ld;
};

std::size_t size_of(cudaDataType type) {
  return type == CUDA_R_64F ? sizeof(double) : sizeof(float);
}

std::size_t bytes_of(const Matrix& matrix) {
  if (matrix.n_rows == 0 || matrix.n_columns == 0) return 0;
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

bool known(cublasOperation_t op) {
  return op == CUBLAS_OP_N || op == CUBLAS_OP_T || op == CUBLAS_OP_C;
}

bool valid(const Matrix& matrix) {
  if (matrix.ld < std::max(1, matrix.n_rows)) return false;
  const auto address = reinterpret_cast<std::uintptr_t>(matrix.data);
  return bytes_of(matrix) == 0 || (matrix.data != nullptr && address % size_of(matrix.type) == 0);
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
  switch (gemm.compute) {
    case CUBLAS_COMPUTE_64F:
      return gemm.a.type == CUDA_R_64F && gemm.b.type == CUDA_R_64F && gemm.c.type == CUDA_R_64F;
    case CUBLAS_COMPUTE_32F:
    case CUBLAS_COMPUTE_32F_FAST_TF32:
    case CUBLAS_COMPUTE_32F_FAST_16BF:
      return gemm.a.type == CUDA_R_32F && gemm.b.type == CUDA_R_32F && gemm.c.type == CUDA_R_32F;
  }
  return false;
}

cublasStatus_t check(Machine& m, const Gemm& gemm) {
  if (!supported(gemm)) {
    return refuse_blas(m, CUBLAS_STATUS_NOT_SUPPORTED, "cublasGemmEx: types that do not go together here");
  }
  if (!valid(gemm.a) || !valid(gemm.b) || !valid(gemm.c)) {
    return refuse_blas(m, CUBLAS_STATUS_INVALID_VALUE, "cublasGemmEx: a leading dimension too small, or a bad pointer");
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

cudaError_t run(Machine& m, const Gemm& gemm, int device) {
  const std::pair<const char*, const Matrix&> operands[] = {{"A", gemm.a}, {"B", gemm.b}, {"C", gemm.c}};
  for (const auto& [name, matrix] : operands) {
    const std::size_t n_bytes = bytes_of(matrix);
    if (n_bytes > 0 && !m.memory->on_device(matrix.data, n_bytes, device)) {
      return refuse(m, cudaErrorIllegalAddress,
                    std::string("cublasGemmEx: ") + name + " of " + std::to_string(n_bytes) +
                        " bytes does not lie whole in an allocation of the device");
    }
  }
  gemm.compute == CUBLAS_COMPUTE_64F ? multiply<double>(gemm) : multiply<float>(gemm);
  return cudaSuccess;
}

double scalar(const void* value, cublasComputeType_t compute) {
  return compute == CUBLAS_COMPUTE_64F ? *static_cast<const double*>(value)
                                       : static_cast<double>(*static_cast<const float*>(value));
}

cublasStatus_t queue(Machine& m, const cublasContext& handle, const Gemm& gemm) {
  if (const cublasStatus_t status = check(m, gemm)) return status;
  if (gemm.m == 0 || gemm.n == 0) return CUBLAS_STATUS_SUCCESS;
  if (check_stream(m, handle.stream) != cudaSuccess) return CUBLAS_STATUS_EXECUTION_FAILED;
  if (handle.stream->device != handle.device) {
    return refuse_blas(m, CUBLAS_STATUS_EXECUTION_FAILED,
                       "cublasGemmEx: the stream is of another device than the handle");
  }
  Tally tally{Tally::Kind::gemm};
  const auto letter = [](cublasOperation_t op) { return op == CUBLAS_OP_N ? 'N' : 'T'; };
  tally.name = std::string("gemm ") + letter(gemm.op_a) + letter(gemm.op_b);
  tally.without_workspace = !handle.has_workspace;
  tally.unaligned = !aligned(gemm.a) || !aligned(gemm.b) || !aligned(gemm.c);
  const auto run_gemm = [&m, gemm, device = handle.device] { return run(m, gemm, device); };
  const cudaError_t error = submit(m, handle.stream, {run_gemm, tally});
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

bool fits(Machine& m, const cublasContext& handle, const void* workspace, std::size_t n_bytes) {
  return n_bytes > 0 && reinterpret_cast<std::uintptr_t>(workspace) % kWorkspaceAlignment == 0 &&
         m.memory->on_device(workspace, n_bytes, handle.device);
}

}  // namespace

}  // namespace emulated

using emulated::blas_call;
using emulated::Machine;

cublasStatus_t cublasCreate_v2(cublasHandle_t* handle) {
  return blas_call(CUBLAS_STATUS_NOT_INITIALIZED, [&](Machine& m) {
    if (handle == nullptr)
      return emulated::refuse_blas(m, CUBLAS_STATUS_INVALID_VALUE, "cublasCreate: no place for it");
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
    handle->stream = stream;
    handle->has_workspace = false;  // cuBLAS then goes back to its own
    return CUBLAS_STATUS_SUCCESS;
  });
}

cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void* workspace, std::size_t n_bytes) {
  return blas_call(CUBLAS_STATUS_EXECUTION_FAILED, [&](Machine& m) {
    if (!m.blas.has(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    if (!emulated::fits(m, *handle, workspace, n_bytes)) {
      return emulated::refuse_blas(m, CUBLAS_STATUS_INVALID_VALUE,
                                   "cublasSetWorkspace: not aligned memory of the device");
    }
    handle->has_workspace = true;
    return CUBLAS_STATUS_SUCCESS;
  });
}

cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t op_a, cublasOperation_t op_b, int m, int n, int k,
                            const void* alpha, const void* a, cudaDataType type_a, int ld_a, const void* b,
                            cudaDataType type_b, int ld_b, const void* beta, void* c, cudaDataType type_c, int ld_c,
                            cublasComputeType_t compute, cublasGemmAlgo_t algorithm) {
  return blas_call(CUBLAS_STATUS_EXECUTION_FAILED, [&](Machine& machine) {
    if (!machine.blas.has(handle)) return CUBLAS_STATUS_NOT_INITIALIZED;
    const bool sizes = m >= 0 && n >= 0 && k >= 0;
    if (!sizes || alpha == nullptr || beta == nullptr || !emulated::known(op_a) || !emulated::known(op_b) ||
        algorithm != CUBLAS_GEMM_DEFAULT) {
      return emulated::refuse_blas(machine, CUBLAS_STATUS_INVALID_VALUE,
                                   "cublasGemmEx: a bad size, factor or operation");
    }
    const bool turn_a = op_a != CUBLAS_OP_N, turn_b = op_b != CUBLAS_OP_N;
    return emulated::queue(machine, *handle,
                           {op_a, op_b, m, n, k, emulated::scalar(alpha, compute), emulated::scalar(beta, compute),
                            emulated::Matrix{a, type_a, turn_a ? k : m, turn_a ? m : k, ld_a},
                            emulated::Matrix{b, type_b, turn_b ? n : k, turn_b ? k : n, ld_b},
                            emulated::Matrix{c, type_c, m, n, ld_c}, compute});
  });
}
