#pragma once
// The state of the emulated machine, and what every call of the API does with it. Inner header of tests/emulated/.
#include <cuda_runtime.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <typeindex>
#include <vector>

#include "tests/emulated/include/emulated.h"
#include "tests/emulated/memory.h"

namespace emulated {

/// Work that a stream carries out later: it answers with the error that it met.
struct Work {
  std::function<cudaError_t()> run;
  std::int64_t Counts::*counted;  // where it counts as one
  std::string name{};             // of a kernel or a product, for its traffic
};
using Works = std::vector<Work>;  // one after the other

/// Said by one, heard by many: that some work is done.
struct Completion {
  bool done = false;
};

/// A place in a stream's queue: it waits, then its works are run, then it says that it is done. Each may be absent.
struct Entry {
  std::shared_ptr<Completion> waits_for{};
  std::shared_ptr<const Works> works{};
  std::shared_ptr<Completion> completes{};
  std::size_t n_done = 0;  // works
};

/// A capture under way.
struct Capture {
  std::thread::id thread;
  Works works{};
  bool invalidated = false;
};

}  // namespace emulated

struct CUstream_st {
  int device = 0;
  std::deque<emulated::Entry> queue{};
  std::unique_ptr<emulated::Capture> capture{};
};

struct CUevent_st {
  std::shared_ptr<emulated::Completion> recorded{};  // the latest record
};

struct CUgraph_st {
  std::shared_ptr<const emulated::Works> works;
};

struct CUgraphExec_st {
  std::shared_ptr<const emulated::Works> works;
};

struct cublasContext {
  int device = 0;
  cudaStream_t stream = nullptr;
  const void* workspace = nullptr;
  std::size_t workspace_bytes = 0;
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
  std::map<std::type_index, std::size_t> shared_limits{};  // of kernels that asked for more than the default
  bool watches = false;
  std::vector<Traffic> traffic{};
  std::unique_ptr<Memory> memory = std::make_unique<Memory>();
  std::string refusal{};  // why the last call that was refused was
  Handles<CUstream_st> streams{};
  Handles<CUevent_st> events{};
  Handles<CUgraph_st> graphs{};
  Handles<CUgraphExec_st> execs{};
  Handles<cublasContext> blas{};

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

/// Options as the environment variable EMULATED_CUDA gives them: "compute=6.1,memory=1000000". Throws std::invalid_argument.
Options parse_options(const std::string& text);

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

/// Queues and counts works of a stream that does not capture.
void queue(Machine& m, cudaStream_t stream, std::shared_ptr<const Works> works);

/// Runs queued work in a random order until `enough` says so or nothing is left; returns the sticky error.
cudaError_t run_until(Machine& m, const std::function<bool()>& enough);

/// Runs everything, and counts a synchronisation.
cudaError_t synchronise_all(Machine& m);

/// For calls that a capture cannot bear: ends with an error, and spoils the capture, if this thread has one under way.
cudaError_t refuse_in_capture(Machine& m);

/// Spoils the capture: cudaErrorStreamCaptureUnsupported, or, if it was spoilt before, cudaErrorStreamCaptureInvalidated.
cudaError_t invalidate(Machine& m, Capture& capture, const std::string& reason);

}  // namespace emulated
