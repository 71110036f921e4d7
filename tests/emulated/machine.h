#pragma once
// The state of the emulated machine, and what every call of the API does with it. Inner header of tests/emulated/.
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/emulated/include/emulated.h"
#include "tests/emulated/memory.h"

namespace emulated {

/// What one piece of work adds to the counts.
struct Tally {
  enum class Kind { kernel, gemm, copy_to_device, copy_from_device, copy_on_device, memset } kind;
  std::int64_t n_bytes = 0;
  std::string name{};  // of a kernel or a GEMM
  dim3 grid{}, block{};
  bool pageable = false;           // of a copy
  bool without_workspace = false;  // of a GEMM
  bool unaligned = false;          // likewise
};

/// Work that a stream carries out later: it answers with the error that it met.
struct Work {
  std::function<cudaError_t()> run;
  Tally tally;
};

/// Said by one, heard by many: that some work is done.
struct Completion {
  bool done = false;
};

}  // namespace emulated

struct CUgraphNode_st {
  emulated::Work work;
  std::vector<std::size_t> after;  // nodes that must be done before, all of lower index
};

namespace emulated {

using Nodes = std::vector<CUgraphNode_st>;

/// A place in a stream's queue: it waits, then its nodes are run, then it says that it is done. Each may be absent.
struct Entry {
  std::shared_ptr<Completion> waits_for{};
  std::shared_ptr<const Nodes> nodes{};
  std::shared_ptr<Completion> completes{};
  std::vector<bool> done{};  // by node
  std::size_t n_left = 0;    // nodes not done
};

/// A capture under way.
struct Capture {
  cudaStream_t origin;
  cudaStreamCaptureMode mode;
  std::thread::id thread;
  Nodes nodes{};
  std::vector<cudaStream_t> streams{};  // all that take part
  bool invalidated = false;
  bool ended = false;
};

}  // namespace emulated

struct CUstream_st {
  int device = 0;
  std::deque<emulated::Entry> queue{};
  std::shared_ptr<emulated::Capture> capture{};
  std::vector<std::size_t> tail{};  // while capturing: nodes that the next one comes after
  bool destroyed = false;           // by the program; its queue is still carried out
};

struct CUevent_st {
  std::shared_ptr<emulated::Completion> recorded{};  // the latest record
  std::shared_ptr<emulated::Capture> capture{};      // if the latest record was in a capture
  std::vector<std::size_t> tail{};                   // and there came after these nodes
};

struct CUgraph_st {
  std::shared_ptr<const emulated::Nodes> nodes;
};

struct CUgraphExec_st {
  std::shared_ptr<const emulated::Nodes> nodes;
  std::shared_ptr<emulated::Completion> latest{};  // launches of one exec follow each other
};

struct cublasContext {
  int device = 0;
  cudaStream_t stream = nullptr;
  bool has_workspace = false;
};

namespace emulated {

/// Owns what handles point to, in the order of creation.
template <typename T>
class Handles {
 public:
  T* add(T value) {
    all_.push_back(std::make_unique<T>(std::move(value)));
    return all_.back().get();
  }
  bool has(const T* handle) const {
    return std::any_of(all_.begin(), all_.end(), [&](const auto& each) { return each.get() == handle; });
  }
  void remove(const T* handle) {
    std::erase_if(all_, [&](const auto& each) { return each.get() == handle; });
  }
  const std::vector<std::unique_ptr<T>>& all() const { return all_; }
  std::size_t size() const { return all_.size(); }

 private:
  std::vector<std::unique_ptr<T>> all_;
};

/// All state of the emulated machine but what belongs to a thread. Used under its lock only.
struct Machine {
  std::recursive_mutex mutex{};
  Options options{};
  bool started = false;
  std::uint64_t epoch = 0;           // number of resets, so that threads forget what they knew
  cudaError_t sticky = cudaSuccess;  // answered by every call once a stream met an error
  std::mt19937_64 random{};
  Counts counts{};
  std::vector<KernelCount> kernels{};
  bool watches = false;
  std::vector<Traffic> traffic{};
  std::unique_ptr<Memory> memory = std::make_unique<Memory>();
  std::string refusal{};  // why the last call that was refused was
  Handles<CUstream_st> streams{};
  Handles<CUevent_st> events{};
  Handles<CUgraph_st> graphs{};
  Handles<CUgraphExec_st> execs{};
  Handles<cublasContext> blas{};
  std::vector<std::shared_ptr<Capture>> captures{};  // under way

  /// A number of 0..n-1, n > 0.
  std::size_t draw(std::size_t n) { return static_cast<std::size_t>(random() % n); }
};

Machine& machine();

/// Of the calling thread, forgotten at a reset.
struct ThreadState {
  std::uint64_t epoch = 0;
  int device = 0;
  cudaError_t last_error = cudaSuccess;
};
ThreadState& thread_state();

/// Takes the options from the environment if nobody has set them.
void start(Machine& m);

/// What every call of a device answers before anything else: a sticky error, no driver, no device; or cudaSuccess.
cudaError_t trouble(const Machine& m);

/// An API call: `body` under the lock, unless there is trouble; its error becomes the thread's last.
template <typename Body>
cudaError_t call(Body body) {
  Machine& m = machine();
  const std::lock_guard lock(m.mutex);
  start(m);
  cudaError_t error = trouble(m);
  if (error == cudaSuccess) error = body(m);
  if (error != cudaSuccess) thread_state().last_error = error;
  return error;
}

/// Gives the error and keeps the reason for emulated::last_refusal.
cudaError_t refuse(Machine& m, cudaError_t error, const std::string& reason);

/// cudaSuccess if the stream is alive; the stand-in has no default stream.
cudaError_t check_stream(Machine& m, cudaStream_t stream);

/// Queues work on the stream, or records it if the stream captures.
cudaError_t submit(Machine& m, cudaStream_t stream, Work work);

/// Queues all nodes on a stream that does not capture; `completes` may be null.
void submit_nodes(Machine& m, cudaStream_t stream, std::shared_ptr<const Nodes> nodes,
                  std::shared_ptr<Completion> completes);

void tally(Machine& m, const Tally& tally);

/// Runs queued work in a random order until `enough` says so or nothing is left; returns the sticky error.
cudaError_t run_until(Machine& m, const std::function<bool()>& enough);

/// Runs everything, and counts a synchronisation.
cudaError_t synchronise_all(Machine& m);

/// For calls that a capture cannot bear: ends with an error, and spoils the capture, if one is under way that concerns
/// this thread; or if `stream` (which may be null) captures itself.
cudaError_t refuse_in_capture(Machine& m, cudaStream_t stream = nullptr);

/// Spoils the capture and gives the error; cudaErrorStreamCaptureInvalidated if it was spoilt before.
cudaError_t invalidate(Machine& m, Capture& capture, cudaError_t error, const std::string& reason);

}  // namespace emulated
