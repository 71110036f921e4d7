// Captures of several streams: the work of one stream that another waits for.
#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

void follow(cudaStream_t stream, cudaStream_t earlier) {
  const cudaEvent_t event = make_event();
  REQUIRE(cudaEventRecord(event, earlier) == cudaSuccess);
  REQUIRE(cudaStreamWaitEvent(stream, event) == cudaSuccess);
}

/// x = 1; 2 x in one stream and x + 3 in another, both captured; `ordered`: the second after the first.
float run_captured(bool ordered) {
  const cudaStream_t one = make_stream(), other = make_stream();
  float* const x = make_device<float>({1.0F}, one);
  REQUIRE(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal) == cudaSuccess);
  if (!ordered) follow(other, one);
  REQUIRE(launch_one(one, x, 2.0F, 0.0F) == cudaSuccess);
  if (ordered) follow(other, one);
  REQUIRE(launch_one(other, x, 1.0F, 3.0F) == cudaSuccess);
  follow(one, other);
  REQUIRE(launch_one(one, x, 1.0F, 0.0F) == cudaSuccess);  // the branch ends before the last node, not in it
  cudaGraph_t graph = nullptr;
  REQUIRE(cudaStreamEndCapture(one, &graph) == cudaSuccess);
  cudaGraphExec_t exec = nullptr;
  REQUIRE(cudaGraphInstantiate(&exec, graph) == cudaSuccess);
  REQUIRE(cudaGraphLaunch(exec, one) == cudaSuccess);
  return fetch(x, 1, one)[0];
}

}  // namespace

TEST_CASE("branches of a graph run in a random order, what follows something after it", "[emulated]") {
  bool doubled_first = false, shifted_first = false;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Options options;
    options.seed = seed;
    const Rig rig(options);
    CHECK(run_captured(true) == 5.0F);
    const float free = run_captured(false);
    doubled_first |= free == 5.0F;
    shifted_first |= free == 8.0F;
  }
  CHECK(doubled_first);
  CHECK(shifted_first);
}

TEST_CASE("a branch that is not joined spoils the graph", "[emulated]") {
  const Rig rig;
  const cudaStream_t one = make_stream(), other = make_stream();
  float* const x = make_device<float>(1);
  REQUIRE(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal) == cudaSuccess);
  follow(other, one);
  REQUIRE(launch_one(other, x, 1.0F, 3.0F) == cudaSuccess);
  cudaGraph_t graph = nullptr;
  CHECK(cudaStreamEndCapture(one, &graph) == cudaErrorStreamCaptureUnjoined);
  CHECK(graph == nullptr);
  CHECK(cudaStreamSynchronize(other) == cudaSuccess);  // an ordinary stream again
}

TEST_CASE("a capture does not mix with what lies outside of it", "[emulated]") {
  const Rig rig;
  const cudaStream_t one = make_stream(), other = make_stream();
  const cudaEvent_t event = make_event();
  cudaGraph_t graph = nullptr;
  SECTION("a wait for an event from outside") {
    REQUIRE(cudaEventRecord(event, other) == cudaSuccess);
    REQUIRE(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal) == cudaSuccess);
    CHECK(cudaStreamWaitEvent(one, event) == cudaErrorStreamCaptureIsolation);
    CHECK(cudaStreamEndCapture(one, &graph) == cudaErrorStreamCaptureInvalidated);
  }
  SECTION("two captures") {
    REQUIRE(cudaStreamBeginCapture(one, cudaStreamCaptureModeRelaxed) == cudaSuccess);
    REQUIRE(cudaStreamBeginCapture(other, cudaStreamCaptureModeRelaxed) == cudaSuccess);
    REQUIRE(cudaEventRecord(event, one) == cudaSuccess);
    CHECK(cudaStreamWaitEvent(other, event) == cudaErrorStreamCaptureMerge);
    CHECK(cudaStreamEndCapture(one, &graph) == cudaErrorStreamCaptureInvalidated);
    CHECK(cudaStreamEndCapture(other, &graph) == cudaErrorStreamCaptureInvalidated);
  }
  SECTION("an event of a capture that is over") {
    REQUIRE(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal) == cudaSuccess);
    REQUIRE(cudaEventRecord(event, one) == cudaSuccess);
    REQUIRE(cudaStreamEndCapture(one, &graph) == cudaSuccess);
    CHECK(cudaEventQuery(event) == cudaErrorCapturedEvent);
    CHECK(cudaEventSynchronize(event) == cudaErrorCapturedEvent);
    CHECK(cudaStreamWaitEvent(other, event) == cudaErrorCapturedEvent);
    REQUIRE(cudaEventRecord(event, one) == cudaSuccess);
    CHECK(cudaEventSynchronize(event) == cudaSuccess);
  }
}

TEST_CASE("launches of one graph follow each other, also in two streams", "[emulated]") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Options options;
    options.seed = seed;
    const Rig rig(options);
    const cudaStream_t one = make_stream(), other = make_stream();
    float* const x = make_device<float>({1.0F}, one);
    REQUIRE(cudaStreamSynchronize(one) == cudaSuccess);
    REQUIRE(cudaStreamBeginCapture(one, cudaStreamCaptureModeGlobal) == cudaSuccess);
    REQUIRE(launch_one(one, x, 2.0F, 0.0F) == cudaSuccess);
    REQUIRE(launch_one(one, x, 1.0F, 3.0F) == cudaSuccess);
    cudaGraph_t graph = nullptr;
    REQUIRE(cudaStreamEndCapture(one, &graph) == cudaSuccess);
    cudaGraphExec_t exec = nullptr;
    REQUIRE(cudaGraphInstantiate(&exec, graph) == cudaSuccess);
    REQUIRE(cudaGraphLaunch(exec, one) == cudaSuccess);
    REQUIRE(cudaGraphLaunch(exec, other) == cudaSuccess);
    REQUIRE(cudaDeviceSynchronize() == cudaSuccess);
    CHECK(fetch(x, 1, one)[0] == 13.0F);
  }
}

TEST_CASE("a graph whose memory was freed meets an illegal address, and that stays", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>(4);
  float* const pinned = make_pinned<float>(4);
  REQUIRE(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal) == cudaSuccess);
  const bool fills = GENERATE(false, true);
  const cudaError_t queued =
      fills ? cudaMemsetAsync(x, 0, 16, stream) : cudaMemcpyAsync(pinned, x, 16, cudaMemcpyDeviceToHost, stream);
  REQUIRE(queued == cudaSuccess);
  cudaGraph_t graph = nullptr;
  REQUIRE(cudaStreamEndCapture(stream, &graph) == cudaSuccess);
  cudaGraphExec_t exec = nullptr;
  REQUIRE(cudaGraphInstantiate(&exec, graph) == cudaSuccess);
  REQUIRE(cudaFree(x) == cudaSuccess);
  REQUIRE(cudaGraphLaunch(exec, stream) == cudaSuccess);
  CHECK(cudaStreamSynchronize(stream) == cudaErrorIllegalAddress);
  void* data = nullptr;
  CHECK(cudaMalloc(&data, 4) == cudaErrorIllegalAddress);
  CHECK(cudaGetLastError() == cudaErrorIllegalAddress);
  CHECK(cudaGetLastError() == cudaErrorIllegalAddress);
  CHECK(cudaStreamDestroy(stream) == cudaErrorIllegalAddress);
  reset({}, true);
  CHECK(cudaMalloc(&data, 4) == cudaSuccess);
}
