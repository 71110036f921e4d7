// Capture of one stream in the mode thread-local, and the graphs that come of it.
#include "tests/emulated/machine.h"

namespace emulated {

namespace {

/// Removes the handle of a graph.
template <typename T>
cudaError_t destroy(Machine& m, Handles<T>& handles, const T* handle) {
  if (!handles.has(handle)) return refuse(m, cudaErrorInvalidValue, "a graph that is not alive is destroyed");
  handles.remove(handle);
  return cudaSuccess;
}

}  // namespace

cudaError_t invalidate(Machine& m, Capture& capture, const std::string& reason) {
  if (capture.invalidated) return cudaErrorStreamCaptureInvalidated;
  capture.invalidated = true;
  return refuse(m, cudaErrorStreamCaptureUnsupported, reason);
}

cudaError_t refuse_in_capture(Machine& m) {
  for (const auto& stream : m.streams.all()) {
    if (stream->capture != nullptr && stream->capture->thread == std::this_thread::get_id()) {
      return invalidate(m, *stream->capture, "a call that takes, frees or waits, while a stream captures");
    }
  }
  return cudaSuccess;
}

}  // namespace emulated

using emulated::call;
using emulated::Machine;
using emulated::refuse;

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (mode != cudaStreamCaptureModeThreadLocal) {
      return refuse(m, cudaErrorNotSupported, "cudaStreamBeginCapture: the stand-in knows the mode thread-local");
    }
    if (stream->capture != nullptr) return refuse(m, cudaErrorIllegalState, "a capture begins within a capture");
    stream->capture = std::make_unique<emulated::Capture>(emulated::Capture{std::this_thread::get_id()});
    return cudaSuccess;
  });
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = nullptr;
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    const auto capture = std::move(stream->capture);
    if (capture == nullptr) return refuse(m, cudaErrorIllegalState, "a capture ends that was not begun");
    if (capture->invalidated) return cudaErrorStreamCaptureInvalidated;
    *graph = m.graphs.add({std::make_shared<const emulated::Works>(std::move(capture->works))});
    return cudaSuccess;
  });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
  return call([&](Machine& m) {
    if (!m.graphs.has(graph)) return refuse(m, cudaErrorInvalidValue, "cudaGraphInstantiate: not a graph");
    *exec = m.execs.add({graph->works});
    return cudaSuccess;
  });
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (!m.execs.has(exec)) return refuse(m, cudaErrorInvalidValue, "cudaGraphLaunch: not an executable graph");
    if (stream->capture != nullptr) return emulated::invalidate(m, *stream->capture, "a graph launched in a capture");
    ++m.counts.n_graph_launches;
    emulated::queue(m, stream, exec->works);
    return cudaSuccess;
  });
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return call([&](Machine& m) { return emulated::destroy(m, m.graphs, graph); });
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
  return call([&](Machine& m) { return emulated::destroy(m, m.execs, exec); });
}
