#include <cublas_v2.h>

#include <thread>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

cudaGraph_t finish(cudaStream_t stream) {
  cudaGraph_t graph = nullptr;
  REQUIRE(cudaStreamEndCapture(stream, &graph) == cudaSuccess);
  REQUIRE(graph != nullptr);
  return graph;
}

cudaGraphExec_t instantiate(cudaGraph_t graph) {
  cudaGraphExec_t exec = nullptr;
  REQUIRE(cudaGraphInstantiate(&exec, graph) == cudaSuccess);
  return exec;
}

std::size_t n_nodes(cudaGraph_t graph) {
  std::size_t n = 0;
  REQUIRE(cudaGraphGetNodes(graph, nullptr, &n) == cudaSuccess);
  return n;
}

void begin(cudaStream_t stream, cudaStreamCaptureMode mode = cudaStreamCaptureModeGlobal) {
  REQUIRE(cudaStreamBeginCapture(stream, mode) == cudaSuccess);
}

cudaStreamCaptureStatus status_of(cudaStream_t stream) {
  cudaStreamCaptureStatus status{};
  REQUIRE(cudaStreamIsCapturing(stream, &status) == cudaSuccess);
  return status;
}

/// That `refused` is what spoilt the capture of the stream, and that the stream is an ordinary one afterwards.
void check_spoilt(cudaStream_t stream, cudaError_t refused, cudaError_t wanted = cudaErrorStreamCaptureUnsupported) {
  CHECK(refused == wanted);
  CHECK(status_of(stream) == cudaStreamCaptureStatusInvalidated);
  cudaGraph_t graph = nullptr;
  CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorStreamCaptureInvalidated);
  CHECK(graph == nullptr);
  CHECK(status_of(stream) == cudaStreamCaptureStatusNone);
  CHECK(cudaStreamSynchronize(stream) == cudaSuccess);
}

}  // namespace

TEST_CASE("a captured graph runs when launched, as often as launched, with the arguments of the capture",
          "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>({1.0F}, stream);
  float* const pinned = make_pinned<float>(1);
  CHECK(status_of(stream) == cudaStreamCaptureStatusNone);
  begin(stream);
  CHECK(status_of(stream) == cudaStreamCaptureStatusActive);
  float scale = 2.0F;
  REQUIRE(launch_one(stream, x, scale, 1.0F) == cudaSuccess);
  scale = 0.0F;
  REQUIRE(cudaMemcpyAsync(pinned, x, 4, cudaMemcpyDeviceToHost, stream) == cudaSuccess);
  const cudaGraph_t graph = finish(stream);
  CHECK(n_nodes(graph) == 2);
  CHECK(fetch(x, 1, stream)[0] == 1.0F);  // recorded is not run
  CHECK(counts().n_launches == 0);
  const cudaGraphExec_t exec = instantiate(graph);
  REQUIRE(cudaGraphDestroy(graph) == cudaSuccess);
  for (int i = 0; i < 3; ++i) REQUIRE(cudaGraphLaunch(exec, stream) == cudaSuccess);
  REQUIRE(cudaGraphExecDestroy(exec) == cudaSuccess);
  REQUIRE(cudaStreamSynchronize(stream) == cudaSuccess);
  CHECK(*pinned == 15.0F);
  CHECK(counts().n_graph_launches == 3);
  CHECK(counts().n_launches == 3);
  CHECK(counts().n_copies_from_device == 4);
}

TEST_CASE("a graph lists its nodes", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>(1);
  begin(stream);
  REQUIRE(launch_one(stream, x, 1.0F, 1.0F) == cudaSuccess);
  REQUIRE(cudaMemsetAsync(x, 0, 4, stream) == cudaSuccess);
  const cudaGraph_t graph = finish(stream);
  cudaGraphNode_t nodes[3] = {};
  std::size_t n = 3;
  REQUIRE(cudaGraphGetNodes(graph, nodes, &n) == cudaSuccess);
  CHECK(n == 2);
  CHECK(nodes[0] != nullptr);
  CHECK(nodes[1] != nodes[0]);
  CHECK(nodes[2] == nullptr);
  CHECK(cudaGraphGetNodes(nullptr, nodes, &n) == cudaErrorInvalidValue);
  cudaGraphExec_t exec = nullptr;
  CHECK(cudaGraphInstantiate(&exec, graph, 1) == cudaErrorInvalidValue);
  CHECK(cudaGraphInstantiate(&exec, nullptr) == cudaErrorInvalidValue);
  CHECK(cudaGraphLaunch(nullptr, stream) == cudaErrorInvalidValue);
  REQUIRE(cudaGraphDestroy(graph) == cudaSuccess);
  CHECK(cudaGraphDestroy(graph) == cudaErrorInvalidValue);
  CHECK(cudaGraphExecDestroy(exec) == cudaErrorInvalidValue);
}

TEST_CASE("a capture refuses to wait, and to ask for its events", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream(), other = make_stream();
  const cudaEvent_t inside = make_event(), outside = make_event();
  begin(stream, cudaStreamCaptureModeRelaxed);
  SECTION("the stream") {
    check_spoilt(stream, cudaStreamSynchronize(stream));
  }
  SECTION("the device") {
    check_spoilt(stream, cudaDeviceSynchronize());
  }
  SECTION("an event of the capture") {
    REQUIRE(cudaEventRecord(inside, stream) == cudaSuccess);
    check_spoilt(stream, cudaEventSynchronize(inside));
  }
  SECTION("a question after an event of the capture") {
    REQUIRE(cudaEventRecord(inside, stream) == cudaSuccess);
    check_spoilt(stream, cudaEventQuery(inside));
  }
  SECTION("what has nothing to do with it goes on") {
    REQUIRE(cudaEventRecord(outside, other) == cudaSuccess);
    CHECK(cudaStreamSynchronize(other) == cudaSuccess);
    CHECK(cudaEventSynchronize(outside) == cudaSuccess);
    CHECK(n_nodes(finish(stream)) == 0);
  }
}

TEST_CASE("a capture refuses to take or free memory in its thread", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream(), other = make_stream();
  float* const x = make_device<float>(1);
  float* const pinned = make_pinned<float>(1);
  const cudaEvent_t outside = make_event();
  void* data = nullptr;
  float pageable = 0.0F;
  begin(stream, GENERATE(cudaStreamCaptureModeGlobal, cudaStreamCaptureModeThreadLocal));
  SECTION("cudaMalloc") {
    check_spoilt(stream, cudaMalloc(&data, 8));
  }
  SECTION("cudaFree") {
    check_spoilt(stream, cudaFree(x));
  }
  SECTION("cudaMallocHost") {
    check_spoilt(stream, cudaMallocHost(&data, 8));
  }
  SECTION("cudaFreeHost") {
    check_spoilt(stream, cudaFreeHost(pinned));
  }
  SECTION("cudaStreamSynchronize of another") {
    check_spoilt(stream, cudaStreamSynchronize(other));
  }
  SECTION("cudaEventQuery of another") {
    check_spoilt(stream, cudaEventQuery(outside));
  }
  SECTION("a copy to pageable memory in another stream") {
    check_spoilt(stream, cudaMemcpyAsync(&pageable, x, 4, cudaMemcpyDeviceToHost, other));
  }
  SECTION("cublasCreate") {
    cublasHandle_t handle = nullptr;
    CHECK(cublasCreate(&handle) == CUBLAS_STATUS_ALLOC_FAILED);
    check_spoilt(stream, cudaStreamSynchronize(stream), cudaErrorStreamCaptureInvalidated);
  }
}

TEST_CASE("the mode of a capture says which threads it binds", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  const auto take_in_another_thread = [] {
    cudaError_t error = cudaErrorUnknown;
    std::thread([&] {
      void* data = nullptr;
      error = cudaMalloc(&data, 8);
    }).join();
    return error;
  };
  begin(stream, cudaStreamCaptureModeThreadLocal);
  CHECK(take_in_another_thread() == cudaSuccess);
  CHECK(n_nodes(finish(stream)) == 0);
  begin(stream, cudaStreamCaptureModeRelaxed);
  CHECK(make_device<float>(1) != nullptr);
  CHECK(n_nodes(finish(stream)) == 0);
  begin(stream, cudaStreamCaptureModeGlobal);
  check_spoilt(stream, take_in_another_thread());
}

TEST_CASE("a capture refuses copies with pageable memory, and graphs", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>(1);
  float pageable = 0.0F;
  begin(stream);
  const cudaGraphExec_t exec = instantiate(finish(stream));
  begin(stream);
  SECTION("to the device") {
    check_spoilt(stream, cudaMemcpyAsync(x, &pageable, 4, cudaMemcpyHostToDevice, stream));
  }
  SECTION("from the device") {
    check_spoilt(stream, cudaMemcpyAsync(&pageable, x, 4, cudaMemcpyDeviceToHost, stream));
  }
  SECTION("a graph") {
    check_spoilt(stream, cudaGraphLaunch(exec, stream));
  }
  SECTION("the end of the stream") {
    check_spoilt(stream, cudaStreamDestroy(stream));
  }
}

TEST_CASE("a spoilt capture records nothing more", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>(1);
  begin(stream);
  CHECK(cudaStreamSynchronize(stream) == cudaErrorStreamCaptureUnsupported);
  CHECK(cudaStreamSynchronize(stream) == cudaErrorStreamCaptureInvalidated);
  CHECK(launch_one(stream, x, 1.0F, 1.0F) == cudaErrorStreamCaptureInvalidated);
  CHECK(cudaEventRecord(make_event(), stream) == cudaErrorStreamCaptureInvalidated);
  check_spoilt(stream, cudaStreamSynchronize(stream), cudaErrorStreamCaptureInvalidated);
}

TEST_CASE("a capture begins and ends in one stream and thread", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream(), other = make_stream();
  cudaGraph_t graph = nullptr;
  CHECK(cudaStreamEndCapture(stream, &graph) == cudaErrorIllegalState);
  begin(stream);
  CHECK(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal) == cudaErrorIllegalState);
  SECTION("another thread") {
    cudaError_t error = cudaSuccess;
    std::thread([&] { error = cudaStreamEndCapture(stream, &graph); }).join();
    check_spoilt(stream, error, cudaErrorStreamCaptureWrongThread);
  }
  SECTION("another stream") {
    const cudaEvent_t event = make_event();
    REQUIRE(cudaEventRecord(event, stream) == cudaSuccess);
    REQUIRE(cudaStreamWaitEvent(other, event) == cudaSuccess);
    check_spoilt(stream, cudaStreamEndCapture(other, &graph), cudaErrorStreamCaptureUnmatched);
  }
}
