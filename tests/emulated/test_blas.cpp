#include <cublas_v2.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

/// A handle with its stream and workspace.
struct Blas {
  cudaStream_t stream = make_stream();
  cublasHandle_t handle = nullptr;

  Blas() {
    REQUIRE(cublasCreate(&handle) == CUBLAS_STATUS_SUCCESS);
    REQUIRE(cublasSetStream(handle, stream) == CUBLAS_STATUS_SUCCESS);
    REQUIRE(cublasSetWorkspace(handle, make_device<float>(256), 1024) == CUBLAS_STATUS_SUCCESS);
  }
};

/// The arguments of cublasGemmEx, to be changed one by one: C (2 x 2) = A (2 x 3) B (3 x 2) in float.
struct Call {
  const Blas& blas;
  const float* a = make_device<float>({1, 2, 3, 4, 5, 6}, blas.stream);   // column-major: rows 1 3 5, 2 4 6
  const float* b = make_device<float>({1, 0, -1, 2, 1, 0}, blas.stream);  // rows 1 2, 0 1, -1 0
  float* c = make_device<float>({10, 20, 30, 40}, blas.stream);
  cublasOperation_t op_a = CUBLAS_OP_N, op_b = CUBLAS_OP_N;
  int m = 2, n = 2, k = 3, ld_a = 2, ld_b = 3, ld_c = 2;
  float alpha = 1.0F, beta = 0.0F;
  cudaDataType type_a = CUDA_R_32F;
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  cublasGemmAlgo_t algorithm = CUBLAS_GEMM_DEFAULT;

  explicit Call(const Blas& blas_) : blas(blas_) {}

  cublasStatus_t run() const { return run(&alpha, &beta); }
  cublasStatus_t run(const float* alpha_, const float* beta_) const {
    return cublasGemmEx(blas.handle, op_a, op_b, m, n, k, alpha_, a, type_a, ld_a, b, CUDA_R_32F, ld_b, beta_, c,
                        CUDA_R_32F, ld_c, compute, algorithm);
  }
  std::vector<float> result() const { return fetch(c, 4, blas.stream); }
};

}  // namespace

TEST_CASE("a product by hand", "[emulated]") {
  const Rig rig;
  const Blas blas;
  Call call(blas);
  REQUIRE(call.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(call.result() == std::vector<float>{-4, -4, 5, 8});
  call.alpha = 2.0F;
  call.beta = 10.0F;
  REQUIRE(call.run() == CUBLAS_STATUS_SUCCESS);
  call.alpha = call.beta = 0.0F;  // they were read at the call
  CHECK(call.result() == std::vector<float>{-48, -48, 60, 96});
  CHECK(counts().n_gemms == 2);
  CHECK(counts().n_gemms_without_workspace == 0);
}

TEST_CASE("products whose columns begin off multiples of 16 bytes are counted", "[emulated]") {
  const Rig rig;
  const Blas blas;
  Call call(blas);
  call.m = call.n = call.k = 1;
  call.ld_a = call.ld_b = call.ld_c = 4;
  for (int i = 0; i < 7; ++i) {  // each of the six, then none
    Call off = call;
    if (i < 3) *std::array{&off.ld_a, &off.ld_b, &off.ld_c}[static_cast<std::size_t>(i)] = 3;
    off.a += i == 3 ? 1 : 0, off.b += i == 4 ? 1 : 0, off.c += i == 5 ? 1 : 0;
    REQUIRE(off.run() == CUBLAS_STATUS_SUCCESS);
    CHECK(counts().n_gemms_unaligned == std::min(i + 1, 6));
  }
}

TEST_CASE("a wrong transpose gives other numbers", "[emulated]") {
  const Rig rig;
  const Blas blas;
  Call call(blas);
  call.op_a = CUBLAS_OP_T;  // rows of A now 1 2 3, 4 5 6
  call.ld_a = 3;
  REQUIRE(call.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(call.result() == std::vector<float>{-2, -2, 4, 13});
  Call other(blas);
  other.op_b = CUBLAS_OP_T;  // rows of B now 1 0, -1 2, 1 0
  other.ld_b = 2;
  REQUIRE(other.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(other.result() == std::vector<float>{3, 4, 6, 8});
}

TEST_CASE("the compute type rounds the operands", "[emulated]") {
  const Rig rig;
  const Blas blas;
  Call call(blas);
  call.m = call.n = call.k = 1;
  call.ld_a = call.ld_b = call.ld_c = 1;
  call.a = make_device<float>({1.0F + 0x1p-11F}, blas.stream);
  call.b = make_device<float>({1.0F}, blas.stream);
  const auto [compute, wanted] = GENERATE(table<cublasComputeType_t, float>({
      {CUBLAS_COMPUTE_32F, 1.0F + 0x1p-11F},
      {CUBLAS_COMPUTE_32F_FAST_TF32, 1.0F + 0x1p-10F},
      {CUBLAS_COMPUTE_32F_FAST_16BF, 1.0F},
  }));
  call.compute = compute;
  REQUIRE(call.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(call.result()[0] == wanted);
}

TEST_CASE("a product of doubles", "[emulated]") {
  const Rig rig;
  const Blas blas;
  const double* const a = make_device<double>({1.0 + 0x1p-40}, blas.stream);
  const double* const b = make_device<double>({3.0}, blas.stream);
  double* const c = make_device<double>(1);
  const double one = 1.0, zero = 0.0;
  const auto run = [&](cublasComputeType_t compute) {
    return cublasGemmEx(blas.handle, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &one, a, CUDA_R_64F, 1, b, CUDA_R_64F, 1, &zero,
                        c, CUDA_R_64F, 1, compute, CUBLAS_GEMM_DEFAULT);
  };
  REQUIRE(run(CUBLAS_COMPUTE_64F) == CUBLAS_STATUS_SUCCESS);
  CHECK(fetch(c, 1, blas.stream)[0] == 3.0 + 3 * 0x1p-40);
  CHECK(run(CUBLAS_COMPUTE_32F) == CUBLAS_STATUS_NOT_SUPPORTED);
}

TEST_CASE("arguments of a product are checked", "[emulated]") {
  const Rig rig;
  const Blas blas;
  Call call(blas);
  cublasStatus_t wanted = CUBLAS_STATUS_INVALID_VALUE;
  SECTION("m") {
    call.m = -1;
  }
  SECTION("n") {
    call.n = -1;
  }
  SECTION("k") {
    call.k = -1;
  }
  SECTION("leading dimension of A") {
    call.ld_a = 1;
  }
  SECTION("leading dimension of A transposed") {
    call.op_a = CUBLAS_OP_T;
  }
  SECTION("leading dimension of B") {
    call.ld_b = 2;
  }
  SECTION("leading dimension of B transposed") {
    call.op_b = CUBLAS_OP_T;
    call.ld_b = 1;
  }
  SECTION("leading dimension of C") {
    call.ld_c = 1;
  }
  SECTION("no A") {
    call.a = nullptr;
  }
  SECTION("no B") {
    call.b = nullptr;
  }
  SECTION("no C") {
    call.c = nullptr;
  }
  SECTION("C on A") {
    call.c = const_cast<float*>(call.a);
  }
  SECTION("C on B") {
    call.c = const_cast<float*>(call.b) + 5;
  }
  SECTION("A not aligned") {
    call.a = reinterpret_cast<const float*>(reinterpret_cast<const char*>(make_device<float>(7)) + 1);
  }
  SECTION("operation") {
    call.op_a = static_cast<cublasOperation_t>(3);
    call.ld_a = 3;
  }
  SECTION("algorithm") {
    call.algorithm = static_cast<cublasGemmAlgo_t>(0);
  }
  SECTION("types") {
    call.type_a = CUDA_R_64F;
    wanted = CUBLAS_STATUS_NOT_SUPPORTED;
  }
  CHECK(call.run() == wanted);
  CHECK(counts().n_gemms == 0);
}

TEST_CASE("factors must be there, nothing times something is nothing to do", "[emulated]") {
  const Rig rig;
  const Blas blas;
  Call call(blas);
  CHECK(call.run(nullptr, &call.beta) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(call.run(&call.alpha, nullptr) == CUBLAS_STATUS_INVALID_VALUE);
  call.m = 0;
  CHECK(call.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(counts().n_gemms == 0);
  call.m = 2;
  call.k = 0;
  call.beta = 2.0F;
  CHECK(call.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(call.result() == std::vector<float>{20, 40, 60, 80});
}

TEST_CASE("an operand that is not whole in device memory is an illegal address", "[emulated]") {
  const Rig rig;
  const Blas blas;
  Call call(blas);
  SECTION("A too short") {
    call.ld_a = 3;
  }
  SECTION("B too short") {
    call.ld_b = 4;
  }
  SECTION("C too short") {
    call.ld_c = 3;
  }
  SECTION("A of the host") {
    call.a = make_pinned<float>(6);
  }
  SECTION("B freed") {
    REQUIRE(cudaFree(const_cast<float*>(call.b)) == cudaSuccess);
  }
  REQUIRE(call.run() == CUBLAS_STATUS_SUCCESS);  // found out when it runs
  CHECK(cudaStreamSynchronize(blas.stream) == cudaErrorIllegalAddress);
  CHECK_THAT(last_refusal(), Catch::Contains("cublasGemmEx"));
  CHECK(call.run() == CUBLAS_STATUS_EXECUTION_FAILED);  // sticky
}

TEST_CASE("a product is one node of a graph", "[emulated]") {
  const Rig rig;
  const Blas blas;
  const Call call(blas);
  REQUIRE(cudaStreamSynchronize(blas.stream) == cudaSuccess);
  REQUIRE(cudaStreamBeginCapture(blas.stream, cudaStreamCaptureModeGlobal) == cudaSuccess);
  REQUIRE(call.run() == CUBLAS_STATUS_SUCCESS);
  cudaGraph_t graph = nullptr;
  REQUIRE(cudaStreamEndCapture(blas.stream, &graph) == cudaSuccess);
  std::size_t n = 0;
  REQUIRE(cudaGraphGetNodes(graph, nullptr, &n) == cudaSuccess);
  CHECK(n == 1);
  cudaGraphExec_t exec = nullptr;
  REQUIRE(cudaGraphInstantiate(&exec, graph) == cudaSuccess);
  REQUIRE(cudaGraphLaunch(exec, blas.stream) == cudaSuccess);
  CHECK(call.result() == std::vector<float>{-4, -4, 5, 8});
}

TEST_CASE("a handle needs a stream and wants a workspace of the device", "[emulated]") {
  const Rig rig;
  const Blas blas;
  Blas bare;
  REQUIRE(cublasDestroy(bare.handle) == CUBLAS_STATUS_SUCCESS);
  CHECK(cublasDestroy(bare.handle) == CUBLAS_STATUS_NOT_INITIALIZED);
  CHECK(Call(bare).run() == CUBLAS_STATUS_NOT_INITIALIZED);
  REQUIRE(cublasCreate(&bare.handle) == CUBLAS_STATUS_SUCCESS);
  CHECK(Call(bare).run() == CUBLAS_STATUS_EXECUTION_FAILED);  // no stream
  REQUIRE(cublasSetStream(bare.handle, bare.stream) == CUBLAS_STATUS_SUCCESS);
  CHECK(Call(bare).run() == CUBLAS_STATUS_SUCCESS);
  CHECK(counts().n_gemms_without_workspace == 1);
  float* const device = make_device<float>(256);
  CHECK(cublasSetWorkspace(bare.handle, device, 1025) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(cublasSetWorkspace(bare.handle, device + 1, 16) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(cublasSetWorkspace(bare.handle, make_pinned<float>(4), 16) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(cublasSetStream(bare.handle, nullptr) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(cublasCreate(nullptr) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(std::string(cublasGetStatusString(CUBLAS_STATUS_NOT_SUPPORTED)) == "CUBLAS_STATUS_NOT_SUPPORTED");
}

TEST_CASE("a workspace holds until the next stream", "[emulated]") {
  const Rig rig;
  const Blas blas;
  REQUIRE(cublasSetStream(blas.handle, blas.stream) == CUBLAS_STATUS_SUCCESS);
  CHECK(Call(blas).run() == CUBLAS_STATUS_SUCCESS);
  CHECK(counts().n_gemms_without_workspace == 1);
}

TEST_CASE("a handle works on its own device", "[emulated]") {
  Options options;
  options.n_devices = 2;
  const Rig rig(options);
  const Blas blas;
  const Call call(blas);
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  REQUIRE(cublasSetStream(blas.handle, make_stream()) == CUBLAS_STATUS_SUCCESS);
  CHECK(call.run() == CUBLAS_STATUS_EXECUTION_FAILED);
  REQUIRE(cublasSetStream(blas.handle, blas.stream) == CUBLAS_STATUS_SUCCESS);
  CHECK(call.run() == CUBLAS_STATUS_SUCCESS);
}

TEST_CASE("without a device there is no handle", "[emulated]") {
  Options options;
  options.n_devices = 0;
  const Rig rig(options);
  cublasHandle_t handle = nullptr;
  CHECK(cublasCreate(&handle) == CUBLAS_STATUS_NOT_INITIALIZED);
}
