#include <cublas_v2.h>

#include <functional>
#include <thread>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

void begin(cudaStream_t stream) {
  REQUIRE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
}

cudaGraphExec_t finish(cudaStream_t stream) {
  cudaGraph_t graph = nullptr;
  REQUIRE(cudaStreamEndCapture(stream, &graph) == cudaSuccess);
  cudaGraphExec_t exec = nullptr;
  REQUIRE(cudaGraphInstantiate(&exec, graph) == cudaSuccess);
  REQUIRE(cudaGraphDestroy(graph) == cudaSuccess);
  return exec;
}

}  // namespace

TEST_CASE("a captured graph runs when launched, as often as launched, with the arguments of the capture",
          "[emulated]") {
  const Rig rig;
  float *const x = rig.upload<float>({1.0F}), *const pinned = Rig::pinned<float>(1);
  begin(rig.stream);
  float scale = 2.0F;
  REQUIRE(launch_one(rig.stream, x, scale, 1.0F) == cudaSuccess);
  scale = 0.0F;
  REQUIRE(cudaMemcpyAsync(pinned, x, 4, cudaMemcpyDeviceToHost, rig.stream) == cudaSuccess);
  const cudaGraphExec_t exec = finish(rig.stream);
  CHECK(rig.fetch(x, 1)[0] == 1.0F);  // recorded is not run
  CHECK(counts().n_launches == 0);
  for (int i = 0; i < 3; ++i) REQUIRE(cudaGraphLaunch(exec, rig.stream) == cudaSuccess);
  REQUIRE(cudaGraphExecDestroy(exec) == cudaSuccess);
  REQUIRE(cudaStreamSynchronize(rig.stream) == cudaSuccess);
  CHECK(*pinned == 15.0F);
  CHECK(counts().n_graph_launches == 3);
  CHECK(counts().n_launches == 3);
  CHECK(cudaGraphLaunch(exec, rig.stream) == cudaErrorInvalidValue);
  CHECK(cudaGraphExecDestroy(exec) == cudaErrorInvalidValue);
}

TEST_CASE("what a capture cannot bear is refused and spoils it", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = rig.stream, other = Rig::make_stream();
  const cudaEvent_t event = Rig::make_event();
  float *const x = Rig::device<float>(1), *const pinned = Rig::pinned<float>(1);
  void* data = nullptr;
  begin(stream);
  const cudaGraphExec_t exec = finish(stream);
  const std::vector<std::pair<const char*, std::function<cudaError_t()>>> calls = {
      {"waiting for the stream", [&] { return cudaStreamSynchronize(stream); }},
      {"waiting for another", [&] { return cudaStreamSynchronize(other); }},
      {"waiting for the device", [&] { return cudaDeviceSynchronize(); }},
      {"waiting for an event", [&] { return cudaEventSynchronize(event); }},
      {"recording an event", [&] { return cudaEventRecord(event, stream); }},
      {"waiting behind an event", [&] { return cudaStreamWaitEvent(stream, event); }},
      {"taking memory", [&] { return cudaMalloc(&data, 8); }},
      {"taking pinned memory", [&] { return cudaMallocHost(&data, 8); }},
      {"freeing memory", [&] { return cudaFree(x); }},
      {"freeing pinned memory", [&] { return cudaFreeHost(pinned); }},
      {"a graph", [&] { return cudaGraphLaunch(exec, stream); }},
  };
  for (const auto& [what, call] : calls) {
    CAPTURE(what);
    begin(stream);
    CHECK(call() == cudaErrorStreamCaptureUnsupported);
    CHECK(launch_one(stream, x, 1.0F, 1.0F) == cudaErrorStreamCaptureInvalidated);
    cudaGraph_t graph = nullptr;
    CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorStreamCaptureInvalidated);
    CHECK(graph == nullptr);
    CHECK(cudaStreamSynchronize(stream) == cudaSuccess);  // an ordinary stream again
  }
  begin(stream);
  cublasHandle_t handle = nullptr;
  CHECK(cublasCreate(&handle) == CUBLAS_STATUS_ALLOC_FAILED);
}

TEST_CASE("a capture is of one stream and in its thread alone", "[emulated]") {
  const Rig rig;
  cudaGraph_t graph = nullptr;
  CHECK(cudaStreamEndCapture(rig.stream, &graph) == cudaErrorIllegalState);
  CHECK(cudaStreamBeginCapture(rig.stream, cudaStreamCaptureModeGlobal) == cudaErrorNotSupported);
  begin(rig.stream);
  CHECK(cudaStreamBeginCapture(rig.stream, cudaStreamCaptureModeThreadLocal) == cudaErrorIllegalState);
  void* data = nullptr;
  cudaError_t error = cudaErrorIllegalState;
  std::thread([&] { error = cudaMalloc(&data, 8); }).join();
  CHECK(error == cudaSuccess);
  finish(rig.stream);
}

TEST_CASE("a graph whose memory was freed meets an illegal address, and that stays", "[emulated]") {
  const Rig rig;
  float *const x = Rig::device<float>(4), *const pinned = Rig::pinned<float>(4);
  begin(rig.stream);
  const bool fills = GENERATE(false, true);
  REQUIRE((fills ? cudaMemsetAsync(x, 0, 16, rig.stream)
                 : cudaMemcpyAsync(pinned, x, 16, cudaMemcpyDeviceToHost, rig.stream)) == cudaSuccess);
  const cudaGraphExec_t exec = finish(rig.stream);
  REQUIRE(cudaFree(x) == cudaSuccess);
  REQUIRE(cudaGraphLaunch(exec, rig.stream) == cudaSuccess);
  CHECK(cudaStreamSynchronize(rig.stream) == cudaErrorIllegalAddress);
  void* data = nullptr;
  CHECK(cudaMalloc(&data, 4) == cudaErrorIllegalAddress);
  CHECK(cudaGetLastError() == cudaErrorIllegalAddress);
  CHECK(cudaGetLastError() == cudaErrorIllegalAddress);
  reset({}, true);
  CHECK(cudaMalloc(&data, 4) == cudaSuccess);
}
