// Capture of streams, and the graphs that come of it.
#include <numeric>

#include "tests/emulated/machine.h"

namespace emulated {

namespace {

/// Whether every node that a stream of the capture ended with comes before the end of the stream it began in.
bool joined(const Capture& capture) {
  std::vector<bool> before(capture.nodes.size());
  for (const std::size_t node : capture.origin->tail) before[node] = true;
  for (std::size_t node = capture.nodes.size(); node-- > 0;) {
    if (!before[node]) continue;
    for (const std::size_t earlier : capture.nodes[node].after) before[earlier] = true;
  }
  return std::all_of(capture.streams.begin(), capture.streams.end(), [&](cudaStream_t stream) {
    return std::all_of(stream->tail.begin(), stream->tail.end(), [&](std::size_t node) { return before[node]; });
  });
}

/// The streams of the capture are ordinary ones again.
void leave(Machine& m, const std::shared_ptr<Capture>& capture) {
  for (const cudaStream_t stream : capture->streams) {
    stream->capture = nullptr;
    stream->tail.clear();
  }
  capture->ended = true;
  std::erase(m.captures, capture);
}

cudaError_t begin(Machine& m, cudaStream_t stream, cudaStreamCaptureMode mode) {
  if (stream->capture != nullptr) {
    return refuse(m, cudaErrorIllegalState, "cudaStreamBeginCapture: the stream captures already");
  }
  auto capture = std::make_shared<Capture>(Capture{stream, mode, std::this_thread::get_id()});
  capture->streams.push_back(stream);
  m.captures.push_back(capture);
  stream->capture = std::move(capture);
  return cudaSuccess;
}

cudaError_t end(Machine& m, cudaStream_t stream, cudaGraph_t* graph) {
  const std::shared_ptr<Capture> capture = stream->capture;
  if (capture == nullptr) return refuse(m, cudaErrorIllegalState, "cudaStreamEndCapture: the stream does not capture");
  if (capture->origin != stream) {
    return invalidate(m, *capture, cudaErrorStreamCaptureUnmatched,
                      "the capture ended in a stream it did not begin in");
  }
  if (capture->mode != cudaStreamCaptureModeRelaxed && capture->thread != std::this_thread::get_id()) {
    return invalidate(m, *capture, cudaErrorStreamCaptureWrongThread, "the capture ended in another thread");
  }
  const bool whole = joined(*capture);
  leave(m, capture);
  if (capture->invalidated) return cudaErrorStreamCaptureInvalidated;
  if (!whole) return refuse(m, cudaErrorStreamCaptureUnjoined, "a stream of the capture was not joined to its first");
  *graph = m.graphs.add({std::make_shared<const Nodes>(std::move(capture->nodes))});
  return cudaSuccess;
}

cudaError_t launch_graph(Machine& m, cudaGraphExec_t exec, cudaStream_t stream) {
  if (stream->capture != nullptr) {
    return invalidate(m, *stream->capture, cudaErrorStreamCaptureUnsupported, "a graph launched within a capture");
  }
  if (exec->latest != nullptr && !exec->latest->done) stream->queue.push_back({exec->latest});
  exec->latest = std::make_shared<Completion>();
  ++m.counts.n_graph_launches;
  submit_nodes(m, stream, exec->nodes, exec->latest);
  return cudaSuccess;
}

cudaError_t list_nodes(const Nodes& nodes, cudaGraphNode_t* list, std::size_t* n_nodes) {
  if (list == nullptr) {
    *n_nodes = nodes.size();
    return cudaSuccess;
  }
  for (std::size_t i = 0; i < *n_nodes; ++i) list[i] = i < nodes.size() ? &nodes[i] : nullptr;
  *n_nodes = std::min(*n_nodes, nodes.size());
  return cudaSuccess;
}

}  // namespace

cudaError_t invalidate(Machine& m, Capture& capture, cudaError_t error, const std::string& reason) {
  if (capture.invalidated) return cudaErrorStreamCaptureInvalidated;
  capture.invalidated = true;
  return refuse(m, error, reason);
}

cudaError_t refuse_in_capture(Machine& m, cudaStream_t stream) {
  if (stream != nullptr && stream->capture != nullptr) {
    return invalidate(m, *stream->capture, cudaErrorStreamCaptureUnsupported, "a wait for a stream that captures");
  }
  for (const auto& capture : m.captures) {
    const bool own = capture->thread == std::this_thread::get_id();
    if (capture->mode == cudaStreamCaptureModeGlobal || (capture->mode == cudaStreamCaptureModeThreadLocal && own)) {
      return invalidate(m, *capture, cudaErrorStreamCaptureUnsupported,
                        "a call that takes, frees or waits, while a stream captures");
    }
  }
  return cudaSuccess;
}

}  // namespace emulated

using emulated::call;
using emulated::Machine;
using emulated::refuse;

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (status == nullptr) return refuse(m, cudaErrorInvalidValue, "cudaStreamIsCapturing: no place for the status");
    *status = cudaStreamCaptureStatusNone;
    if (stream->capture == nullptr) return cudaSuccess;
    *status = stream->capture->invalidated ? cudaStreamCaptureStatusInvalidated : cudaStreamCaptureStatusActive;
    return cudaSuccess;
  });
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  return call([&](Machine& m) {
    const cudaError_t error = emulated::check_stream(m, stream);
    return error != cudaSuccess ? error : emulated::begin(m, stream, mode);
  });
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (graph == nullptr) return refuse(m, cudaErrorInvalidValue, "cudaStreamEndCapture: no place for the graph");
    *graph = nullptr;
    return emulated::end(m, stream, graph);
  });
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long flags) {
  return call([&](Machine& m) {
    if (exec == nullptr || !m.graphs.has(graph) || flags != 0) {
      return refuse(m, cudaErrorInvalidValue, "cudaGraphInstantiate: no place, not a graph, or unknown flags");
    }
    *exec = m.execs.add({graph->nodes});
    return cudaSuccess;
  });
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  return call([&](Machine& m) {
    if (const cudaError_t error = emulated::check_stream(m, stream)) return error;
    if (!m.execs.has(exec)) return refuse(m, cudaErrorInvalidValue, "cudaGraphLaunch: not an executable graph");
    return emulated::launch_graph(m, exec, stream);
  });
}

cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, std::size_t* n_nodes) {
  return call([&](Machine& m) {
    if (!m.graphs.has(graph) || n_nodes == nullptr) {
      return refuse(m, cudaErrorInvalidValue, "cudaGraphGetNodes: not a graph, or no place for the number");
    }
    return emulated::list_nodes(*graph->nodes, nodes, n_nodes);
  });
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  return call([&](Machine& m) {
    if (!m.graphs.has(graph)) return refuse(m, cudaErrorInvalidValue, "cudaGraphDestroy: not a graph");
    m.graphs.remove(graph);
    return cudaSuccess;
  });
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
  return call([&](Machine& m) {
    if (!m.execs.has(exec)) return refuse(m, cudaErrorInvalidValue, "cudaGraphExecDestroy: not an executable graph");
    m.execs.remove(exec);
    return cudaSuccess;
  });
}
