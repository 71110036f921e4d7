#include "snn/backend/cuda/graph_recorder.h"

namespace snn::cuda {

namespace {

constexpr std::size_t kMostEntries = 256;  // a graph takes some 100 kB

}  // namespace

void GraphRecorder::run(const SequenceKey& key, const std::function<void()>& sequence) {
  const bool is_full = entries_.size() >= kMostEntries && !entries_.contains(key);
  if (generation_ != memory_->generation() || is_full) {
    entries_.clear();
    generation_ = memory_->generation();
  }
  Entry& entry = entries_[key];
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
