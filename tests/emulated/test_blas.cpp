#include <cublas_v2.h>

#include <algorithm>
#include <functional>
#include <string>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

constexpr std::size_t kWorkspace = 1024;

/// A machine with a handle, its stream and workspace; and the arguments of cublasGemmEx, to be changed one by one: C (2 x 2) =
/// A (2 x 3) B (3 x 2) in float.
struct BlasRig : Rig {
  cublasHandle_t handle = nullptr;
  std::byte* workspace = device<std::byte>(kWorkspace);
  const float* a = upload<float>({1, 2, 3, 4, 5, 6});   // column-major: rows 1 3 5, 2 4 6
  const float* b = upload<float>({1, 0, -1, 2, 1, 0});  // rows 1 2, 0 1, -1 0
  float* c = upload<float>({10, 20, 30, 40});
  cublasOperation_t op_a = CUBLAS_OP_N, op_b = CUBLAS_OP_N;
  int m = 2, n = 2, k = 3, ld_a = 2, ld_b = 3, ld_c = 2;
  float alpha = 1.0F, beta = 0.0F;
  cudaDataType_t type_a = CUDA_R_32F;
  cublasComputeType_t compute = CUBLAS_COMPUTE_32F;
  cublasGemmAlgo_t algorithm = CUBLAS_GEMM_DEFAULT;

  explicit BlasRig(const Options& options = {}) : Rig(options) {
    REQUIRE(cublasCreate(&handle) == CUBLAS_STATUS_SUCCESS);
    REQUIRE(cublasSetStream(handle, stream) == CUBLAS_STATUS_SUCCESS);
    REQUIRE(cublasSetWorkspace(handle, workspace, kWorkspace) == CUBLAS_STATUS_SUCCESS);
  }
  cublasStatus_t run() const {
    return cublasGemmEx(handle, op_a, op_b, m, n, k, &alpha, a, type_a, ld_a, b, CUDA_R_32F, ld_b, &beta, c, CUDA_R_32F,
                        ld_c, compute, algorithm);
  }
  std::vector<float> result() const { return fetch(c, 4); }
};

struct Change {
  const char* what;
  std::function<void(BlasRig&)> make;
};

}  // namespace

TEST_CASE("a product by hand, and a wrong transpose gives other numbers", "[emulated]") {
  BlasRig rig;
  REQUIRE(rig.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(rig.result() == std::vector<float>{-4, -4, 5, 8});
  rig.alpha = 2.0F;
  rig.beta = 10.0F;
  REQUIRE(rig.run() == CUBLAS_STATUS_SUCCESS);
  rig.alpha = rig.beta = 0.0F;  // they were read at the call
  CHECK(rig.result() == std::vector<float>{-48, -48, 60, 96});
  CHECK(counts().n_gemms == 2);
  rig.alpha = 1.0F;
  SECTION("A transposed") {
    rig.op_a = CUBLAS_OP_T;  // rows of A now 1 2 3, 4 5 6
    rig.ld_a = 3;
    REQUIRE(rig.run() == CUBLAS_STATUS_SUCCESS);
    CHECK(rig.result() == std::vector<float>{-2, -2, 4, 13});
  }
  SECTION("B transposed") {
    rig.op_b = CUBLAS_OP_T;  // rows of B now 1 0, -1 2, 1 0
    rig.ld_b = 2;
    REQUIRE(rig.run() == CUBLAS_STATUS_SUCCESS);
    CHECK(rig.result() == std::vector<float>{3, 4, 6, 8});
  }
}

TEST_CASE("products whose columns begin off multiples of 16 bytes are counted", "[emulated]") {
  BlasRig rig;
  const float *const a = rig.a, *const b = rig.b;
  float* const c = rig.c;
  rig.m = rig.n = rig.k = 1;
  for (int i = 0; i < 7; ++i) {  // each of the six, then none
    rig.ld_a = i == 0 ? 3 : 4, rig.ld_b = i == 1 ? 3 : 4, rig.ld_c = i == 2 ? 3 : 4;
    rig.a = a + (i == 3 ? 1 : 0), rig.b = b + (i == 4 ? 1 : 0), rig.c = c + (i == 5 ? 1 : 0);
    REQUIRE(rig.run() == CUBLAS_STATUS_SUCCESS);
    CHECK(counts().n_gemms_unaligned == std::min(i + 1, 6));
  }
}

TEST_CASE("the compute type rounds the operands", "[emulated]") {
  const auto [compute, wanted] = GENERATE(table<cublasComputeType_t, float>({
      {CUBLAS_COMPUTE_32F, 1.0F + 0x1p-11F},
      {CUBLAS_COMPUTE_32F_FAST_TF32, 1.0F + 0x1p-10F},
      {CUBLAS_COMPUTE_32F_FAST_16BF, 1.0F},
  }));
  BlasRig rig;
  rig.m = rig.n = rig.k = 1;
  rig.a = rig.upload<float>({1.0F + 0x1p-11F});
  rig.compute = compute;
  REQUIRE(rig.run() == CUBLAS_STATUS_SUCCESS);
  CHECK(rig.result()[0] == wanted);
}

TEST_CASE("a product of doubles", "[emulated]") {
  const BlasRig rig;
  const double *const a = rig.upload<double>({1.0 + 0x1p-40}), *const b = rig.upload<double>({3.0});
  double* const c = Rig::device<double>(1);
  const double one = 1.0, zero = 0.0;
  const auto run = [&](cublasComputeType_t compute) {
    return cublasGemmEx(rig.handle, CUBLAS_OP_N, CUBLAS_OP_N, 1, 1, 1, &one, a, CUDA_R_64F, 1, b, CUDA_R_64F, 1, &zero,
                        c, CUDA_R_64F, 1, compute, CUBLAS_GEMM_DEFAULT);
  };
  REQUIRE(run(CUBLAS_COMPUTE_64F) == CUBLAS_STATUS_SUCCESS);
  CHECK(rig.fetch(c, 1)[0] == 3.0 + 3 * 0x1p-40);
  CHECK(run(CUBLAS_COMPUTE_32F) == CUBLAS_STATUS_NOT_SUPPORTED);
}

TEST_CASE("arguments of a product are checked", "[emulated]") {
  const Change changes[] = {
      {"m", [](BlasRig& r) { r.m = 0; }},
      {"n", [](BlasRig& r) { r.n = -1; }},
      {"k", [](BlasRig& r) { r.k = 0; }},
      {"leading dimension of A", [](BlasRig& r) { r.ld_a = 1; }},
      {"leading dimension of A transposed", [](BlasRig& r) { r.op_a = CUBLAS_OP_T; }},
      {"leading dimension of B", [](BlasRig& r) { r.ld_b = 2; }},
      {"leading dimension of B transposed", [](BlasRig& r) { r.op_b = CUBLAS_OP_T, r.ld_b = 1; }},
      {"leading dimension of C", [](BlasRig& r) { r.ld_c = 1; }},
      {"C on A", [](BlasRig& r) { r.c = const_cast<float*>(r.a); }},
      {"C on B", [](BlasRig& r) { r.c = const_cast<float*>(r.b) + 5; }},
      {"A not aligned",
       [](BlasRig& r) { r.a = reinterpret_cast<const float*>(reinterpret_cast<const char*>(r.a) + 1); }},
  };
  for (const Change& change : changes) {
    CAPTURE(change.what);
    BlasRig rig;
    change.make(rig);
    CHECK(rig.run() == CUBLAS_STATUS_INVALID_VALUE);
    CHECK(counts().n_gemms == 0);
  }
  BlasRig rig;
  rig.type_a = CUDA_R_64F;
  CHECK(rig.run() == CUBLAS_STATUS_NOT_SUPPORTED);
}

TEST_CASE("an operand or workspace that is not whole in device memory is an illegal address", "[emulated]") {
  const Change changes[] = {
      {"A too short", [](BlasRig& r) { r.ld_a = 3; }},
      {"B too short", [](BlasRig& r) { r.ld_b = 4; }},
      {"C too short", [](BlasRig& r) { r.ld_c = 3; }},
      {"A of the host", [](BlasRig& r) { r.a = Rig::pinned<float>(6); }},
      {"no A", [](BlasRig& r) { r.a = nullptr; }},
      {"B freed", [](BlasRig& r) { REQUIRE(cudaFree(const_cast<float*>(r.b)) == cudaSuccess); }},
      {"workspace freed", [](BlasRig& r) { REQUIRE(cudaFree(r.workspace) == cudaSuccess); }},
  };
  for (const Change& change : changes) {
    CAPTURE(change.what);
    BlasRig rig;
    change.make(rig);
    REQUIRE(rig.run() == CUBLAS_STATUS_SUCCESS);  // found out when it runs
    CHECK(cudaStreamSynchronize(rig.stream) == cudaErrorIllegalAddress);
    CHECK_THAT(last_refusal(), Catch::Contains("cublasGemmEx"));
    CHECK(rig.run() == CUBLAS_STATUS_EXECUTION_FAILED);  // sticky
  }
}

TEST_CASE("a handle needs a stream of its device, and behind it a workspace there", "[emulated]") {
  BlasRig rig({.n_devices = 2});
  REQUIRE(cublasDestroy(rig.handle) == CUBLAS_STATUS_SUCCESS);
  CHECK(cublasDestroy(rig.handle) == CUBLAS_STATUS_NOT_INITIALIZED);
  CHECK(rig.run() == CUBLAS_STATUS_NOT_INITIALIZED);
  REQUIRE(cublasCreate(&rig.handle) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(cublasSetWorkspace(rig.handle, rig.workspace, kWorkspace) == CUBLAS_STATUS_SUCCESS);
  CHECK(rig.run() == CUBLAS_STATUS_EXECUTION_FAILED);  // no stream
  REQUIRE(cublasSetStream(rig.handle, rig.stream) == CUBLAS_STATUS_SUCCESS);
  CHECK(rig.run() == CUBLAS_STATUS_EXECUTION_FAILED);  // the workspace went with it
  CHECK_THAT(last_refusal(), Catch::Contains("no workspace"));
  CHECK(cublasSetWorkspace(rig.handle, rig.workspace, kWorkspace + 1) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(cublasSetWorkspace(rig.handle, rig.workspace + 16, 16) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(cublasSetWorkspace(rig.handle, Rig::pinned<float>(4), 16) == CUBLAS_STATUS_INVALID_VALUE);
  REQUIRE(cudaSetDevice(1) == cudaSuccess);
  CHECK(cublasSetWorkspace(rig.handle, Rig::device<float>(4), 16) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(cublasSetStream(rig.handle, Rig::make_stream()) == CUBLAS_STATUS_INVALID_VALUE);
  CHECK(std::string(cublasGetStatusString(CUBLAS_STATUS_NOT_SUPPORTED)) == "CUBLAS_STATUS_NOT_SUPPORTED");
}
