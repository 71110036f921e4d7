#include "snn/backend/cuda/graph_recorder.h"

#include <algorithm>

namespace snn::cuda {

void GraphRecorder::run(const SequenceKey& key, const std::function<void()>& sequence) {
  if (generation_ != memory_->generation()) {
    entries_.clear();
    generation_ = memory_->generation();
  }
  if (entries_.size() >= kMostGraphs && !entries_.contains(key)) {
    entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& each) { return each.second.last_run; }));
  }
  Entry& entry = entries_[key];
  entry.last_run = ++n_runs_;
  if (!entry.was_run) {
    sequence();
    entry.was_run = true;
    return;
  }
  if (entry.exec.get() == nullptr) entry.exec = record(sequence);
  check(cudaGraphLaunch(entry.exec.get(), stream_), "starting a graph");
}

GraphExec GraphRecorder::record(const std::function<void()>& sequence) {
  cudaGraph_t graph = nullptr;
  check(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), "beginning to record");
  try {
    sequence();
  } catch (...) {
    cudaStreamEndCapture(stream_, &graph);
    cudaGetLastError();  // the first error is the one to report
    const Graph dropped(graph);
    throw;
  }
  check(cudaStreamEndCapture(stream_, &graph), "recording");
  const Graph recorded(graph);
  cudaGraphExec_t exec = nullptr;
  check(cudaGraphInstantiate(&exec, recorded.get(), 0), "making a graph");
  return GraphExec(exec);
}

}  // namespace snn::cuda
